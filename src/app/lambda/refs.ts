/** What goes through bus and queue: where an event is kept, and which of its deliveries are meant. */
import * as z from "zod";
import type { DeliveryRef, EventRef } from "../../core/pushed-engine.ts";
import { parseJson } from "../../kit/json-path.ts";
import type { Announcement, QueueText } from "../../net/aws/wake.ts";

const wakeSchema = z.object({ key: z.string(), deliveries: z.array(z.string()).min(1) });

/** The references in a text of the queue; none where it is no text of ours. */
export function refsIn(body: string): readonly DeliveryRef[] {
  const read = z.safeParse(wakeSchema, parseJson(Buffer.from(body)));
  if (!read.success) return [];
  const { key, deliveries } = read.data;
  return deliveries.map((deliveryId) => ({ key, deliveryId }));
}

/** A text of the queue. */
export function wakeText({ key, deliveryId }: DeliveryRef, delayMs = 0): QueueText {
  const body = JSON.stringify({ key, deliveries: [deliveryId] });
  return { body, delaySeconds: Math.ceil(delayMs / 1000) };
}

/** An event as the bus announces it: what it is and where it is kept; its payload stays there. */
export function announcementOf({ key, event, deliveryIds }: EventRef): Announcement {
  const { id, requestId, source, provider, type, receivedAt } = event;
  const time = event.occurredAt ?? receivedAt;
  const facts = { key, eventId: id, requestId, source, provider, type };
  const timestamp = Math.floor(time / 1000);
  return {
    source: `surehook.${source}`,
    type,
    time: receivedAt,
    detail: JSON.stringify({ ...facts, timestamp, deliveries: deliveryIds }),
  };
}
