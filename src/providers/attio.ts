import { declareProvider } from "./schemes/declared.ts";

/** Attio. */
export const attio = declareProvider({
  name: "attio",
  title: "Attio",
  docs: "https://docs.attio.com/rest-api/guides/webhooks",
  evidence: {
    kind: "docs",
    source: "https://docs.attio.com/rest-api/how-to/webhooks",
    readOn: "2026-11-21",
    read: "Attio-Signature, also as X-Attio-Signature: HMAC-SHA256 in hex over the body; Idempotency-Key, the same over all tries; up to 10 tries",
  },
  retries: true,
  signature: { header: ["Attio-Signature", "X-Attio-Signature"] },
  id: { header: "Idempotency-Key" },
  type: { json: "events.0.event_type" },
});
