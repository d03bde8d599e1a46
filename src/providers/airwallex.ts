import { declareProvider } from "./schemes/declared.ts";

/** Airwallex. */
export const airwallex = declareProvider({
  name: "airwallex",
  title: "Airwallex",
  docs: "https://www.airwallex.com/docs/developer-tools/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "x-signature" },
  content: ["timestamp", "body"],
  timestamp: { header: "x-timestamp", unit: "ms" },
  id: { json: "id" },
  type: { json: "name" },
  time: { json: "created_at", unit: "rfc3339" },
});
