import { declareProvider } from "./schemes/declared.ts";

/** Recurly. */
export const recurly = declareProvider({
  name: "recurly",
  title: "Recurly",
  docs: "https://docs.recurly.com/recurly-subscriptions/docs/signature-headers",
  evidence: { kind: "vector", source: "recurly/recurly-client-ruby spec of Recurly::Webhooks" },
  retries: true,
  signature: { header: "recurly-signature", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "", unit: "ms" },
  id: { json: "uuid" },
  type: { json: "event_type" },
  time: { json: "event_time", unit: "rfc3339" },
});
