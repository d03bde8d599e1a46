import { declareTokenProvider } from "./schemes/declared-token.ts";
import { eventGridBatch, eventGridHandshakes } from "./schemes/event-grid.ts";

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
  batch: eventGridBatch,
  handshakes: eventGridHandshakes,
});
