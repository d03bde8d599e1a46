import { declareProvider } from "./schemes/declared.ts";

/** GoCardless. */
export const gocardless = declareProvider({
  name: "gocardless",
  title: "GoCardless",
  docs: "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
  evidence: { kind: "sdk", source: "gocardless-nodejs@10.1.2" },
  signature: { header: "Webhook-Signature" },
  id: { json: "meta.webhook_id" },
  batch: {
    items: "events.*",
    id: { json: "id" },
    type: [{ json: "resource_type" }, { json: "action" }],
    time: { json: "created_at", unit: "rfc3339" },
  },
});
