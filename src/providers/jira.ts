import { declareProvider } from "./schemes/declared.ts";

/** Jira. */
export const jira = declareProvider({
  name: "jira",
  title: "Jira",
  docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
  addresses: "https://ip-ranges.atlassian.com",
  evidence: {
    kind: "vector",
    source: "https://developer.atlassian.com/cloud/jira/platform/webhooks/ (secure admin webhooks)",
  },
  signature: { header: "X-Hub-Signature", prefix: "sha256=" },
  id: { header: "X-Atlassian-Webhook-Identifier" },
  type: { json: "webhookEvent" },
  time: { json: "timestamp", unit: "ms" },
});
