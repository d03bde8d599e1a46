import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Lithic. */
export const lithic = declareStandardWebhooks({
  name: "lithic",
  title: "Lithic",
  docs: "https://docs.lithic.com/docs/events-api",
  evidence: { kind: "sdk", source: "lithic@0.145.0" },
  type: { json: "event_type" },
});
