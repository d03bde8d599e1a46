import { declareProvider } from "./schemes/declared.ts";

/** TabaPay. Only `v1` is read, which is by the current secret. */
export const tabapay = declareProvider({
  name: "tabapay",
  title: "TabaPay",
  docs: "https://developers.tabapay.com/reference/verifying-webhook-signatures",
  evidence: {
    kind: "docs",
    source: "https://developers.tabapay.com/reference/webhook-signature-headers",
    readOn: "2026-11-21",
    read: "X-HMAC-Signature: t= in seconds and v1= of the current secret, HMAC-SHA256 in hex over t.body; Idempotency-Key, the same over all tries",
  },
  signature: { header: "X-HMAC-Signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
  id: { header: "Idempotency-Key" },
});
