import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Stytch. */
export const stytch = declareStandardWebhooks({
  name: "stytch",
  title: "Stytch",
  docs: "https://stytch.com/docs/guides/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  prefixes: ["svix", "webhook"],
});
