import { declareProvider } from "./schemes/declared.ts";

/** Calendly. */
export const calendly = declareProvider({
  name: "calendly",
  title: "Calendly",
  docs: "https://developer.calendly.com/api-docs/webhook-signatures",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Calendly-Webhook-Signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
  type: { json: "event" },
  time: { json: "created_at", unit: "rfc3339" },
});
