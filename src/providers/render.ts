import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Render. */
export const render = declareStandardWebhooks({
  name: "render",
  title: "Render",
  docs: "https://render.com/docs/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
});
