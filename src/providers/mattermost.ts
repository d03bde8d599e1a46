import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Mattermost outgoing webhooks. */
export const mattermost = declareTokenProvider({
  name: "mattermost",
  title: "Mattermost outgoing webhooks",
  docs: "https://developers.mattermost.com/integrate/webhooks/outgoing/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/mattermost/mattermost/blob/master/server/public/model/outgoing_webhook.go",
    readOn: "2026-11-21",
    read: "the JSON body's token; post_id; timestamp in milliseconds",
  },
  token: { field: "token" },
  id: { json: "post_id" },
  type: { json: "trigger_word" },
  time: { json: "timestamp", unit: "ms" },
});
