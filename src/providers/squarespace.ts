import { declareProvider } from "./schemes/declared.ts";

/** Squarespace. */
export const squarespace = declareProvider({
  name: "squarespace",
  title: "Squarespace",
  docs: "https://developers.squarespace.com/webhooks/overview",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Squarespace-Signature", key: "hex" },
  id: { json: "id" },
  type: { json: "topic" },
  time: { json: "createdOn", unit: "rfc3339" },
});
