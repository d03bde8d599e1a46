import { declareProvider } from "./schemes/declared.ts";

/** Mailgun. */
export const mailgun = declareProvider({
  name: "mailgun",
  title: "Mailgun",
  docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
  evidence: {
    kind: "docs",
    source: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    readOn: "2026-11-21",
    read: "signature in the body: HMAC-SHA256 in hex over timestamp and token without a separator, key the webhook signing key",
  },
  notCovered: "the event: only the instant and the token beside it are signed",
  signature: { field: "signature.signature" },
  content: ["timestamp", { json: "signature.token" }],
  timestamp: { json: "signature.timestamp" },
  id: { json: "event-data.id" },
  type: { json: "event-data.event" },
  time: { json: "event-data.timestamp" },
});
