import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Dodo Payments. */
export const dodoPayments = declareStandardWebhooks({
  name: "dodo-payments",
  title: "Dodo Payments",
  docs: "https://docs.dodopayments.com/developer-resources/webhooks",
  evidence: { kind: "sdk", source: "dodopayments@2.52.0" },
});
