import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Privy. */
export const privy = declareStandardWebhooks({
  name: "privy",
  title: "Privy",
  docs: "https://docs.privy.io/api-reference/webhooks/overview",
  evidence: { kind: "sdk", source: "@privy-io/node@0.35.0" },
  prefixes: ["svix", "webhook"],
});
