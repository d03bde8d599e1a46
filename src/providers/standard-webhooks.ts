import { defineProvider } from "../core/define.ts";
import type { HeaderPrefix } from "./schemes/standard-webhooks.ts";
import {
  identifyStandardWebhooks,
  signStandardWebhooks,
  standardWebhooksFacts,
  standardWebhooksMarks,
  verifyStandardWebhooks,
} from "./schemes/standard-webhooks.ts";

const prefixes: readonly HeaderPrefix[] = ["webhook"];

/** Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature` (spec 1.0.0). */
export const standardWebhooks = defineProvider({
  name: "standard-webhooks",
  title: "Standard Webhooks",
  docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
  evidence: { kind: "sdk", source: "standardwebhooks@1.1.1" },
  retries: true,
  scheme: standardWebhooksFacts("webhook"),
  marks: () => standardWebhooksMarks(prefixes),
  verify: (input) => verifyStandardWebhooks(prefixes, input),
  sign: (input) => signStandardWebhooks("webhook", input),
  identify: (input) => identifyStandardWebhooks(prefixes, input),
});
