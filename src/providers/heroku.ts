import { declareProvider } from "./schemes/declared.ts";

/** Heroku. */
export const heroku = declareProvider({
  name: "heroku",
  title: "Heroku",
  docs: "https://devcenter.heroku.com/articles/app-webhooks",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/heroku/webhooks-docs (README.md) and https://github.com/heroku/webhooks-demo (webhooks_controller.rb)",
    readOn: "2026-11-21",
    read: "Heroku-Webhook-Hmac-SHA256: HMAC-SHA256 in base64 over the raw body, key the webhook's secret",
  },
  signature: { header: "Heroku-Webhook-Hmac-SHA256", encoding: "base64" },
  id: { json: "webhook_metadata.event.id" },
  type: [{ json: "resource" }, { json: "action" }],
  time: { json: "created_at", unit: "rfc3339" },
});
