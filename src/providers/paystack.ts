import { declareProvider } from "./schemes/declared.ts";

/** Paystack. */
export const paystack = declareProvider({
  name: "paystack",
  title: "Paystack",
  docs: "https://paystack.com/docs/payments/webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "x-paystack-signature", algorithm: "hmac-sha512" },
  type: { json: "event" },
  time: { json: "data.paid_at", unit: "rfc3339" },
});
