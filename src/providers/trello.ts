import { declareProvider } from "./schemes/declared.ts";

/** Trello. */
export const trello = declareProvider({
  name: "trello",
  title: "Trello",
  docs: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/ (what signs was read in a copy of Trello's earlier documentation)",
    readOn: "2026-11-21",
    read: "X-Trello-Webhook: HMAC-SHA1 in base64 over the whole body and the callbackURL as it was given, key the application's secret; an address is tried by HEAD",
  },
  signature: { header: "X-Trello-Webhook", algorithm: "hmac-sha1", encoding: "base64" },
  content: ["body", "url"],
  id: { json: "action.id" },
  type: { json: "action.type" },
  time: { json: "action.date", unit: "rfc3339" },
  // A new webhook is tried by HEAD.
  handshakes: [{ method: "HEAD", answer: {} }],
});
