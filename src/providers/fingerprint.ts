import { declareProvider } from "./schemes/declared.ts";

/** Fingerprint. */
export const fingerprint = declareProvider({
  name: "fingerprint",
  title: "Fingerprint",
  docs: "https://dev.fingerprint.com/docs/webhooks-security",
  evidence: { kind: "sdk", source: "@fingerprintjs/fingerprintjs-pro-server-api@6.13.1" },
  signature: { header: "FPJS-Event-Signature", prefix: "v1=", separator: "," },
  id: { json: "requestId" },
  time: { json: "timestamp", unit: "ms" },
});
