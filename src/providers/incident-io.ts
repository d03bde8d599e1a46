import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** incident.io. */
export const incidentIo = declareStandardWebhooks({
  name: "incident-io",
  title: "incident.io",
  docs: "https://docs.incident.io/integrations/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  type: { json: "event_type" },
});
