import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Fathom. */
export const fathom = declareStandardWebhooks({
  name: "fathom",
  title: "Fathom",
  docs: "https://developers.fathom.ai/webhooks",
  evidence: { kind: "sdk", source: "fathom-typescript@0.0.37" },
});
