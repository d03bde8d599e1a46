import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Azure Event Grid, in its own schema: the address it was given has a token in its query. */
export const azureEventgrid = declareTokenProvider({
  name: "azure-eventgrid",
  title: "Azure Event Grid",
  docs: "https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema",
  evidence: {
    kind: "docs",
    source:
      "https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema",
    readOn: "2026-11-20",
    read: "no signature; a secret in the query; the validation event's validationCode is answered as validationResponse",
  },
  deadlineSeconds: 30,
  retries: true,
  token: { query: "token" },
  // A list even of one event; of several where the subscription has output batching.
  batch: {
    items: "*",
    id: { json: "id" },
    type: { json: "eventType" },
    time: { json: "eventTime", unit: "rfc3339" },
  },
  handshakes: [
    {
      signed: true,
      when: [{ json: "0.eventType", is: "Microsoft.EventGrid.SubscriptionValidationEvent" }],
      challenge: { json: "0.data.validationCode" },
      answer: { json: { validationResponse: "{challenge}" } },
    },
  ],
});
