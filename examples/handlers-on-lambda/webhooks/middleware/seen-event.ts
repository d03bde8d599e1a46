import type { CodeEvent } from "surehook/destinations";

const keptSeconds = 24 * 3600;

/** An event that was taken, for a day: an item of the table webhook-events. */
export function transform(event: CodeEvent): unknown {
  const { id, providerEventId, receivedAt } = event;
  return {
    event_id: providerEventId ?? id,
    processed_at: new Date(receivedAt).toISOString(),
    ttl: Math.ceil(receivedAt / 1000) + keptSeconds,
  };
}
