import { declareProvider } from "./schemes/declared.ts";

/** Tally. */
export const tally = declareProvider({
  name: "tally",
  title: "Tally",
  docs: "https://tally.so/help/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Tally-Signature", encoding: "base64" },
  id: { json: "eventId" },
  type: { json: "eventType" },
  time: { json: "createdAt", unit: "rfc3339" },
});
