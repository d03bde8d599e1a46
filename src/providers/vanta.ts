import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Vanta. */
export const vanta = declareStandardWebhooks({
  name: "vanta",
  title: "Vanta",
  docs: "https://developer.vanta.com/docs/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  prefixes: ["svix", "webhook"],
});
