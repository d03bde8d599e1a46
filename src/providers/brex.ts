import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Brex. */
export const brex = declareStandardWebhooks({
  name: "brex",
  title: "Brex",
  docs: "https://developer.brex.com/docs/webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  type: { json: "event_type" },
});
