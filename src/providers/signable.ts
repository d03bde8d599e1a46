import { declareProvider } from "./schemes/declared.ts";

/** Signable. */
export const signable = declareProvider({
  name: "signable",
  title: "Signable",
  docs: "https://developers.signable.app/early-access/ea-signed-webhooks",
  evidence: {
    kind: "docs",
    source: "https://developers.signable.app/early-access/ea-signed-webhooks",
    readOn: "2026-11-21",
    read: "Signature: HMAC-SHA256 in base64 over the raw body",
  },
  signature: { header: "Signature", encoding: "base64" },
});
