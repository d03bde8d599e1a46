import { declareProvider } from "./schemes/declared.ts";

/** Heroku. */
export const heroku = declareProvider({
  name: "heroku",
  title: "Heroku",
  docs: "https://devcenter.heroku.com/articles/app-webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Heroku-Webhook-Hmac-SHA256", encoding: "base64" },
  id: { json: "webhook_metadata.event.id" },
  type: [{ json: "resource" }, { json: "action" }],
  time: { json: "created_at", unit: "rfc3339" },
});
