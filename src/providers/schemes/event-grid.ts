/** What Azure Event Grid sends in its own schema, however it proves itself. */
import type { HandshakeShape } from "./handshake-shape.ts";

const validation = {
  json: "0.eventType",
  is: "Microsoft.EventGrid.SubscriptionValidationEvent",
} as const;

/** A list even of one event; of several where the subscription has output batching. */
export const eventGridBatch = {
  items: "*",
  id: { json: "id" },
  type: { json: "eventType" },
  time: { json: "eventTime", unit: "rfc3339" },
} as const;

/** How a subscription is validated, for who has proven itself: its code is echoed; one without is visited. */
export const eventGridHandshakes: readonly HandshakeShape[] = [
  {
    signed: true,
    when: [validation],
    challenge: { json: "0.data.validationCode" },
    answer: { json: { validationResponse: "{challenge}" } },
  },
  {
    signed: true,
    when: [validation, { json: "0.data.validationCode", absent: true }],
    challenge: { json: "0.data.validationUrl" },
    visit: {
      at: { json: "0.data.validationUrl" },
      pinned:
        /^https:\/\/rp-[a-z0-9-]{1,40}\.eventgrid\.azure\.net(?::553)?\/eventsubscriptions\/[\x21-\x7e]{1,2048}$/,
    },
    answer: {},
  },
];
