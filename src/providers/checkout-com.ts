import { declareProvider } from "./schemes/declared.ts";

/** Checkout.com. */
export const checkoutCom = declareProvider({
  name: "checkout-com",
  title: "Checkout.com",
  docs: "https://www.checkout.com/docs/developer-resources/webhooks",
  addresses: "https://www.checkout.com/docs/resources/ip-addresses",
  evidence: {
    kind: "docs",
    source: "https://checkout.com/docs/workflows/set-up-your-webhook-receiver",
    readOn: "2026-11-21",
    read: "Cko-Signature: HMAC-SHA256 in hex over the raw body",
  },
  signature: { header: "Cko-Signature" },
  id: { json: "id" },
  time: { json: "created_on", unit: "rfc3339" },
});
