import type { CodeEvent } from "surehook/destinations";

const keptSeconds = 24 * 3_600;

/** An event that was taken, for a day. */
export function transform({ id, providerEventId, receivedAt }: CodeEvent) {
  return {
    event_id: providerEventId ?? id,
    processed_at: new Date(receivedAt).toISOString(),
    ttl: Math.ceil(receivedAt / 1000) + keptSeconds,
  };
}
