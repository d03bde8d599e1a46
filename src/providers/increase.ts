import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Increase. */
export const increase = declareStandardWebhooks({
  name: "increase",
  title: "Increase",
  docs: "https://increase.com/documentation/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  type: { json: "category" },
});
