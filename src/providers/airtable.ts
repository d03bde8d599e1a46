import { declareProvider } from "./schemes/declared.ts";

/** Airtable. */
export const airtable = declareProvider({
  name: "airtable",
  title: "Airtable",
  docs: "https://airtable.com/developers/web/api/webhooks-overview",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Airtable-Content-MAC", prefix: "hmac-sha256=", key: "base64" },
  time: { json: "timestamp", unit: "rfc3339" },
});
