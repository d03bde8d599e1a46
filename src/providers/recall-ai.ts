import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Recall.ai. */
export const recallAi = declareStandardWebhooks({
  name: "recall-ai",
  title: "Recall.ai",
  docs: "https://docs.recall.ai/docs/authenticating-requests-from-recallai",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  type: { json: "event" },
});
