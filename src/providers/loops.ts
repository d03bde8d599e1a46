import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Loops. */
export const loops = declareStandardWebhooks({
  name: "loops",
  title: "Loops",
  docs: "https://loops.so/docs/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  type: { json: "eventName" },
});
