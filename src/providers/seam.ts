import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Seam. */
export const seam = declareStandardWebhooks({
  name: "seam",
  title: "Seam",
  docs: "https://docs.seam.co/latest/developer-tools/webhooks",
  evidence: { kind: "sdk", source: "seam@1.245.0" },
  prefixes: ["svix", "webhook"],
  type: { json: "event_type" },
});
