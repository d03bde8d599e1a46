import { declareProvider } from "./schemes/declared.ts";

/** Microsoft Teams outgoing webhooks. */
export const msTeams = declareProvider({
  name: "ms-teams",
  title: "Microsoft Teams outgoing webhooks",
  docs: "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/OfficeDev/msteams-samples-outgoing-webhook-nodejs/blob/master/app.js",
    readOn: "2026-11-21",
    read: "Authorization: HMAC and HMAC-SHA256 in base64 over the body, key in base64",
  },
  signature: { header: "Authorization", prefix: "HMAC ", encoding: "base64", key: "base64" },
  id: { json: "id" },
  time: { json: "timestamp", unit: "rfc3339" },
});
