import { declareProvider } from "./schemes/declared.ts";

/** Mailgun. */
export const mailgun = declareProvider({
  name: "mailgun",
  title: "Mailgun",
  docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  notCovered: "the event: only the instant and the token beside it are signed",
  signature: { field: "signature.signature" },
  content: ["timestamp", { json: "signature.token" }],
  timestamp: { json: "signature.timestamp" },
  id: { json: "event-data.id" },
  type: { json: "event-data.event" },
  time: { json: "event-data.timestamp" },
});
