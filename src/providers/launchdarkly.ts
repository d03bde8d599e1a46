import { declareProvider } from "./schemes/declared.ts";

/** LaunchDarkly. */
export const launchdarkly = declareProvider({
  name: "launchdarkly",
  title: "LaunchDarkly",
  docs: "https://launchdarkly.com/docs/home/infrastructure/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-LD-Signature" },
  id: { json: "_id" },
  type: { json: "kind" },
  time: { json: "date", unit: "ms" },
});
