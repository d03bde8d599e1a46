import { declareProvider } from "./schemes/declared.ts";

/** LaunchDarkly. */
export const launchdarkly = declareProvider({
  name: "launchdarkly",
  title: "LaunchDarkly",
  docs: "https://launchdarkly.com/docs/home/infrastructure/webhooks",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/launchdarkly/LaunchDarkly-Docs/blob/main/src/content/topics/integrations/webhooks.mdx",
    readOn: "2026-11-21",
    read: "X-LD-Signature: HMAC-SHA256 in hex over the body; one more try",
  },
  retries: true,
  signature: { header: "X-LD-Signature" },
  id: { json: "_id" },
  type: { json: "kind" },
  time: { json: "date", unit: "ms" },
});
