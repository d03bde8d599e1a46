import { declareProvider } from "./schemes/declared.ts";

/** Bird (formerly MessageBird): the body's digest is signed as bytes. */
export const bird = declareProvider({
  name: "bird",
  title: "Bird",
  docs: "https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook",
  evidence: {
    kind: "docs",
    source:
      "https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook",
    readOn: "2026-11-21",
    read: "messagebird-signature: HMAC-SHA256 in base64 over messagebird-request-timestamp, the URL and the body's SHA-256 in bytes, with a line feed between, key the signing key",
  },
  retries: true,
  signature: { header: "MessageBird-Signature", encoding: "base64" },
  content: [
    "timestamp",
    { literal: "\n" },
    "url",
    { literal: "\n" },
    { hash: "sha256", encoding: "bytes" },
  ],
  timestamp: { header: "MessageBird-Request-Timestamp" },
  type: { json: "event" },
});
