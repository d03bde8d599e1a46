import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Memberstack. */
export const memberstack = declareStandardWebhooks({
  name: "memberstack",
  title: "Memberstack",
  docs: "https://docs.memberstack.com/hc/en-us/articles/11304389989659",
  evidence: { kind: "sdk", source: "@memberstack/admin@1.7.0" },
  prefixes: ["svix", "webhook"],
  type: { json: "event" },
});
