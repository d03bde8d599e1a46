import { declareProvider } from "./schemes/declared.ts";

/** Dwolla. */
export const dwolla = declareProvider({
  name: "dwolla",
  title: "Dwolla",
  docs: "https://developers.dwolla.com/docs/working-with-webhooks",
  evidence: {
    kind: "docs",
    source: "https://developers.dwolla.com/guides/webhooks/validating-webhooks.html",
    readOn: "2026-11-21",
    read: "X-Request-Signature-SHA-256: HMAC-SHA256 in hex over the body, key the webhook secret",
  },
  deadlineSeconds: 10,
  retries: true,
  signature: { header: "X-Request-Signature-SHA-256" },
  id: { json: "id" },
  type: { json: "topic" },
  time: { json: "timestamp", unit: "rfc3339" },
});
