import { declareProvider } from "./schemes/declared.ts";

/** Nylas. */
export const nylas = declareProvider({
  name: "nylas",
  title: "Nylas",
  docs: "https://developer.nylas.com/docs/v3/notifications/",
  evidence: {
    kind: "docs",
    source: "https://developer.nylas.com/docs/cookbook/use-cases/build/verify-webhook-signatures/",
    readOn: "2026-11-21",
    read: "x-nylas-signature: HMAC-SHA256 in hex over the exact body, key the webhook_secret",
  },
  signature: { header: "X-Nylas-Signature" },
  id: { json: "id" },
  time: { json: "time" },
  handshakes: [
    { method: "GET", challenge: { query: "challenge" }, answer: { text: "{challenge}" } },
  ],
});
