import { declareProvider } from "./schemes/declared.ts";

/** Wise. */
export const wise = declareProvider({
  name: "wise",
  title: "Wise",
  docs: "https://docs.wise.com/api-docs/webhooks-notifications/event-handling",
  evidence: { kind: "vector", source: "transferwise/digital-signatures-examples" },
  signature: { header: "X-Signature-SHA256", algorithm: "rsa-sha256" },
  id: { header: "X-Delivery-Id" },
  type: { json: "event_type" },
  time: { json: "data.occurred_at", unit: "rfc3339" },
});
