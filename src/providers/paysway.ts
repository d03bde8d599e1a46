import { declareProvider } from "./schemes/declared.ts";

/** PaySway. */
export const paysway = declareProvider({
  name: "paysway",
  title: "PaySway",
  docs: "https://docs.paysway.io/webhooks/verify-requests",
  evidence: {
    kind: "docs",
    source: "https://docs.paysway.io/webhooks/verify-requests",
    readOn: "2026-11-21",
    read: "X-PaySway-Signature: t= and v1=, HMAC-SHA256 in hex over t.body, key in base64",
  },
  signature: { header: "X-PaySway-Signature", prefix: "v1=", separator: ",", key: "base64" },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
});
