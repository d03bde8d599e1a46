import { declareProvider } from "./schemes/declared.ts";

/** Bitbucket. */
export const bitbucket = declareProvider({
  name: "bitbucket",
  title: "Bitbucket",
  docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
  addresses: "https://ip-ranges.atlassian.com",
  evidence: {
    kind: "vector",
    source:
      "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/ (validating webhook deliveries)",
  },
  signature: { header: "X-Hub-Signature", prefix: "sha256=" },
  id: { header: "X-Request-UUID" },
  type: { header: "X-Event-Key" },
});
