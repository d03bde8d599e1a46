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
    read: "no signature; a secret in the query; the validation event's validationCode is answered as validationResponse, or its validationUrl (rp-….eventgrid.azure.net, port 553) is visited",
  },
  deadlineSeconds: 30,
  retries: true,
  token: { query: "token" },
  id: { json: "0.id" },
  type: { json: "0.eventType" },
  time: { json: "0.eventTime", unit: "rfc3339" },
  handshakes: [
    {
      signed: true,
      when: [{ json: "0.eventType", is: "Microsoft.EventGrid.SubscriptionValidationEvent" }],
      challenge: { json: "0.data.validationCode" },
      answer: { json: { validationResponse: "{challenge}" } },
    },
    // The other way, for a validation that has no code: visited for who has the token, and then 200 without a body.
    {
      signed: true,
      when: [
        { json: "0.eventType", is: "Microsoft.EventGrid.SubscriptionValidationEvent" },
        { json: "0.data.validationCode", absent: true },
      ],
      challenge: { json: "0.data.validationUrl" },
      visit: {
        at: { json: "0.data.validationUrl" },
        pinned:
          /^https:\/\/rp-[a-z0-9-]{1,40}\.eventgrid\.azure\.net(?::553)?\/eventsubscriptions\/[\x21-\x7e]{1,2048}$/,
      },
      answer: {},
    },
  ],
});
