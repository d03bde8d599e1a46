import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Google Gemini (static secret). */
export const gemini = declareStandardWebhooks({
  name: "gemini",
  title: "Google Gemini (static secret)",
  docs: "https://ai.google.dev/gemini-api/docs/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
});
