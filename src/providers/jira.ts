import { declareProvider } from "./schemes/declared.ts";

/** Jira. */
export const jira = declareProvider({
  name: "jira",
  title: "Jira",
  docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
  addresses: "https://ip-ranges.atlassian.com",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Hub-Signature", prefix: "sha256=" },
  id: { header: "X-Atlassian-Webhook-Identifier" },
  type: { json: "webhookEvent" },
  time: { json: "timestamp", unit: "ms" },
});
