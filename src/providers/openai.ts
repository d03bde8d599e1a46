import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** OpenAI. */
export const openai = declareStandardWebhooks({
  name: "openai",
  title: "OpenAI",
  docs: "https://platform.openai.com/docs/guides/webhooks",
  evidence: { kind: "sdk", source: "openai@6.49.0" },
});
