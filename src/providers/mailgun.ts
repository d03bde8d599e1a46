import { declareProvider } from "./schemes/declared.ts";

/** Mailgun. Events of a subaccount are signed by its key and by the primary account's; either fits. */
export const mailgun = declareProvider({
  name: "mailgun",
  title: "Mailgun",
  docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
  evidence: {
    kind: "docs",
    source: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    readOn: "2026-11-21",
    read: "signature in the body: HMAC-SHA256 in hex over timestamp and token without a separator, key the webhook signing key; of a subaccount's events parent-signature is the same by the primary account's",
  },
  notCovered: "the event: only the instant and the token beside it are signed",
  signature: { field: ["signature.signature", "signature.parent-signature"] },
  content: ["timestamp", { json: "signature.token" }],
  timestamp: { json: "signature.timestamp" },
  id: { json: "event-data.id" },
  type: { json: "event-data.event" },
  time: { json: "event-data.timestamp" },
});
