import { declareProvider } from "./schemes/declared.ts";

/** Microsoft Teams outgoing webhooks. */
export const msTeams = declareProvider({
  name: "ms-teams",
  title: "Microsoft Teams outgoing webhooks",
  docs: "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Authorization", prefix: "HMAC ", encoding: "base64", key: "base64" },
  id: { json: "id" },
  time: { json: "timestamp", unit: "rfc3339" },
});
