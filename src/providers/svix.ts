import { defineProvider } from "../core/define.ts";
import type { HeaderPrefix } from "./schemes/standard-webhooks.ts";
import {
  identifyStandardWebhooks,
  signStandardWebhooks,
  standardWebhooksFacts,
  standardWebhooksMarks,
  verifyStandardWebhooks,
} from "./schemes/standard-webhooks.ts";

/** As in the svix package: its own headers first, else those of Standard Webhooks. */
const prefixes: readonly HeaderPrefix[] = ["svix", "webhook"];

/** Senders hosted on Svix: `svix-id`, `svix-timestamp`, `svix-signature`, or the same with `webhook-`. */
export const svix = defineProvider({
  name: "svix",
  title: "Svix",
  docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
  addresses: "https://docs.svix.com/receiving/source-ips",
  evidence: { kind: "sdk", source: "svix@2.5.0" },
  retries: true,
  deadlineSeconds: 15,
  scheme: standardWebhooksFacts("svix"),
  marks: () => standardWebhooksMarks(prefixes),
  verify: (input) => verifyStandardWebhooks(prefixes, input),
  sign: (input) => signStandardWebhooks("svix", input),
  identify: (input) => identifyStandardWebhooks(prefixes, input),
});
