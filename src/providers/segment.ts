import { declareProvider } from "./schemes/declared.ts";

/** Segment. */
export const segment = declareProvider({
  name: "segment",
  title: "Segment",
  docs: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Signature", algorithm: "hmac-sha1" },
  id: { json: "messageId" },
  time: { json: "sentAt", unit: "rfc3339" },
});
