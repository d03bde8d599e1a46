import { declareProvider } from "./schemes/declared.ts";

/** Paystack. A newer form of its signature (an instant, and entries with a key's id) isn't read: its header couldn't be read at Paystack yet. */
export const paystack = declareProvider({
  name: "paystack",
  title: "Paystack",
  docs: "https://paystack.com/docs/payments/webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/PaystackOSS/doc-code-snippets (src/doc/payments/webhooks/verifying-transaction)",
    readOn: "2026-11-21",
    read: "x-paystack-signature: HMAC-SHA512 in hex over the raw body, key the secret key",
  },
  signature: { header: "x-paystack-signature", algorithm: "hmac-sha512" },
  type: { json: "event" },
  time: { json: "data.paid_at", unit: "rfc3339" },
});
