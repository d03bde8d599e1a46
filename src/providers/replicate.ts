import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Replicate. */
export const replicate = declareStandardWebhooks({
  name: "replicate",
  title: "Replicate",
  docs: "https://replicate.com/docs/topics/webhooks/verify-webhook",
  evidence: { kind: "sdk", source: "replicate@1.4.0" },
  type: { json: "status" },
});
