import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Stytch. */
export const stytch = declareStandardWebhooks({
  name: "stytch",
  title: "Stytch",
  docs: "https://stytch.com/docs/guides/webhooks",
  evidence: { kind: "sdk", source: "svix@2.5.0" },
  prefixes: ["svix", "webhook"],
});
