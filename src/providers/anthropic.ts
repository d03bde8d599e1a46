import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Anthropic. */
export const anthropic = declareStandardWebhooks({
  name: "anthropic",
  title: "Anthropic",
  docs: "https://platform.claude.com/docs/en/managed-agents/webhooks",
  evidence: { kind: "sdk", source: "@anthropic-ai/sdk@1.11.0" },
  type: { json: "data.type" },
});
