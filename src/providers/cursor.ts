import { declareProvider } from "./schemes/declared.ts";

/** Cursor cloud agents. */
export const cursor = declareProvider({
  name: "cursor",
  title: "Cursor cloud agents",
  docs: "https://cursor.com/docs/cloud-agent/api/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Webhook-Signature", prefix: "sha256=" },
  id: { header: "X-Webhook-ID" },
  type: { json: "event" },
  time: { json: "timestamp", unit: "rfc3339" },
});
