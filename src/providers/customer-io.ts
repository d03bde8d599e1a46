import { declareProvider } from "./schemes/declared.ts";

/** Customer.io. */
export const customerIo = declareProvider({
  name: "customer-io",
  title: "Customer.io",
  docs: "https://docs.customer.io/journeys/webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-CIO-Signature" },
  content: [{ literal: "v0:" }, "timestamp", { literal: ":" }, "body"],
  timestamp: { header: "X-CIO-Timestamp" },
  id: { json: "event_id" },
  type: [{ json: "object_type" }, { json: "metric" }],
  time: { json: "timestamp" },
});
