import { declareProvider } from "./schemes/declared.ts";

/** Checkout.com. */
export const checkoutCom = declareProvider({
  name: "checkout-com",
  title: "Checkout.com",
  docs: "https://www.checkout.com/docs/developer-resources/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Cko-Signature" },
  id: { json: "id" },
  time: { json: "created_on", unit: "rfc3339" },
});
