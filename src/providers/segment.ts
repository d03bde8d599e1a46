import { declareProvider } from "./schemes/declared.ts";

/** Segment. */
export const segment = declareProvider({
  name: "segment",
  title: "Segment",
  docs: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/segmentio/segment-docs/blob/develop/src/connections/destinations/catalog/webhooks/index.md",
    readOn: "2026-11-21",
    read: "X-Signature: HMAC-SHA1 in hex over the body",
  },
  retries: true,
  signature: { header: "X-Signature", algorithm: "hmac-sha1" },
  id: { json: "messageId" },
  time: { json: "sentAt", unit: "rfc3339" },
});
