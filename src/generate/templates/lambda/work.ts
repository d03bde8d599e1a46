/** Where events go on Lambda beside their handlers: a queue for workers, and a table of what was taken. */
import type { ConfigParts } from "../../senders/templates.ts";

const queueWork = `
«import type { CodeEvent } from "surehook/destinations";»

/** What a worker gets of an event: an order to fulfil where it is paid and named, else the event as it came. */
export function transform(event«: CodeEvent<{ readonly data?: { readonly object?: Paid } }>»)«: unknown» {
  const { type, provider, payload } = event;
  const { amount, currency, metadata } = payload?.data?.object ?? {};
  const order_id = metadata?.["order_id"] ?? metadata?.["orderId"];
  const isPaid = provider === "stripe" && type === "payment_intent.succeeded";
  if (!isPaid || !order_id) return { provider, event: payload };
  return { action: "fulfill_order", order_id, amount, currency };
}

«type Paid = {
  readonly amount?: number;
  readonly currency?: string;
  readonly metadata?: Readonly<Record<string, string>>;
};»
`;

const seenEvent = `
«import type { CodeEvent } from "surehook/destinations";»

const keptSeconds = 24 * 3600;

/** An event that was taken, for a day: an item of the table webhook-events. */
export function transform(event«: CodeEvent»)«: unknown» {
  const { id, providerEventId, receivedAt } = event;
  return {
    event_id: providerEventId ?? id,
    processed_at: new Date(receivedAt).toISOString(),
    ttl: Math.ceil(receivedAt / 1000) + keptSeconds,
  };
}
`;

/** By path below `webhooks/`, without an ending. */
export const workFiles: Readonly<Record<string, string>> = {
  "middleware/queue-work": queueWork,
  "middleware/seen-event": seenEvent,
};

/** What a new config has for them. */
export function workConfig(webhooks: string, ending: string): Omit<ConfigParts, "sources"> {
  return {
    destinations: {
      queue: {
        kind: "sqs",
        queueUrl: { secret: "SQS_QUEUE_URL" },
        attributes: { Type: "{payload.action|type}" },
      },
      seen: {
        kind: "dynamodb",
        table: "webhook-events",
        mapping: { event_id: "event_id", processed_at: "processed_at", ttl: "ttl" },
        ttl: "ttl",
      },
    },
    routes: [
      { to: "queue", transform: `${webhooks}/middleware/queue-work.${ending}` },
      { to: "seen", transform: `${webhooks}/middleware/seen-event.${ending}` },
    ],
  };
}
