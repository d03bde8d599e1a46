import { declareProvider } from "./schemes/declared.ts";

/** Zendesk. */
export const zendesk = declareProvider({
  name: "zendesk",
  title: "Zendesk",
  docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
  evidence: {
    kind: "docs",
    source: "https://developer.zendesk.com/documentation/webhooks/verifying/",
    readOn: "2026-11-20",
    read: "X-Zendesk-Webhook-Signature: HMAC-SHA256 in base64 over timestamp and body",
  },
  signature: { header: "X-Zendesk-Webhook-Signature", encoding: "base64" },
  content: ["timestamp", "body"],
  timestamp: { header: "X-Zendesk-Webhook-Signature-Timestamp", unit: "rfc3339" },
  id: { header: "X-Zendesk-Webhook-Invocation-Id" },
  time: { json: "time", unit: "rfc3339" },
});
