import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Etsy. */
export const etsy = declareStandardWebhooks({
  name: "etsy",
  title: "Etsy",
  docs: "https://developers.etsy.com/documentation/essentials/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
});
