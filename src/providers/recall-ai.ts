import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Recall.ai. */
export const recallAi = declareStandardWebhooks({
  name: "recall-ai",
  title: "Recall.ai",
  docs: "https://docs.recall.ai/docs/authenticating-requests-from-recallai",
  evidence: {
    kind: "docs",
    source: "https://docs.recall.ai/docs/authenticating-requests-from-recallai",
    readOn: "2026-11-21",
    read: "webhook-id, webhook-timestamp and webhook-signature with v1, and base64",
  },
  type: { json: "event" },
});
