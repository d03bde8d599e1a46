import { declareProvider } from "./schemes/declared.ts";

/** Airwallex. */
export const airwallex = declareProvider({
  name: "airwallex",
  title: "Airwallex",
  docs: "https://www.airwallex.com/docs/developer-tools/webhooks",
  evidence: {
    kind: "docs",
    source:
      "https://www.airwallex.com/docs/developer-tools__listen-for-webhook-events__code-examples",
    readOn: "2026-11-21",
    read: "x-signature: HMAC-SHA256 in hex over x-timestamp and body; a stable id; tries over three days; milliseconds are from others",
  },
  retries: true,
  signature: { header: "x-signature" },
  content: ["timestamp", "body"],
  timestamp: { header: "x-timestamp", unit: "ms" },
  id: { json: "id" },
  type: { json: "name" },
  time: { json: "created_at", unit: "rfc3339" },
});
