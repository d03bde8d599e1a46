import { declareProvider } from "./schemes/declared.ts";

/** Klaviyo. */
export const klaviyo = declareProvider({
  name: "klaviyo",
  title: "Klaviyo",
  docs: "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Klaviyo-Signature" },
  content: ["body", "timestamp"],
  timestamp: { header: "Klaviyo-Timestamp", unit: "rfc3339" },
  batch: { items: "data.*", id: { json: "external_id" }, type: { json: "topic" } },
});
