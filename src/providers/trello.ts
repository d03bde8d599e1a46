import { declareProvider } from "./schemes/declared.ts";

/** Trello. */
export const trello = declareProvider({
  name: "trello",
  title: "Trello",
  docs: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Trello-Webhook", algorithm: "hmac-sha1", encoding: "base64" },
  content: ["body", "url"],
  id: { json: "action.id" },
  type: { json: "action.type" },
  time: { json: "action.date", unit: "rfc3339" },
  // A new webhook is tried by HEAD.
  handshakes: [{ method: "HEAD", answer: {} }],
});
