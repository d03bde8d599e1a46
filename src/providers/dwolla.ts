import { declareProvider } from "./schemes/declared.ts";

/** Dwolla. */
export const dwolla = declareProvider({
  name: "dwolla",
  title: "Dwolla",
  docs: "https://developers.dwolla.com/docs/working-with-webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Request-Signature-SHA-256" },
  id: { json: "id" },
  type: { json: "topic" },
  time: { json: "timestamp", unit: "rfc3339" },
});
