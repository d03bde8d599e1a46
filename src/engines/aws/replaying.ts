import { isFinal } from "../../core/lifecycle.ts";
import type { DeliveryRef } from "../../core/pushed-engine.ts";
import { changeDeliveries } from "./delivering.ts";
import { deliveryKey, type KeptDelivery } from "./items.ts";
import { itemOfId, type Store, sweepDelayMs } from "./store.ts";

/** Deliveries that an event has at most; past it the oldest that are final go. */
const mostDeliveries = 100;
/** Events that are changed at once. */
const atOnce = 20;

/** Makes new deliveries of kept events. */
export async function replay(
  store: Store,
  orders: readonly { readonly eventId: string; readonly destination: string }[],
): Promise<readonly DeliveryRef[]> {
  const byEvent = [...Map.groupBy(orders, ({ eventId }) => eventId)];
  const made: DeliveryRef[] = [];
  for (let from = 0; from < byEvent.length; from += atOnce) {
    const stretch = byEvent.slice(from, from + atOnce).map(([eventId, list]) =>
      replayEvent(
        store,
        eventId,
        list.map(({ destination }) => destination),
      ),
    );
    made.push(...(await Promise.all(stretch)).flat());
  }
  return made;
}

async function replayEvent(
  store: Store,
  eventId: string,
  destinations: readonly string[],
): Promise<readonly DeliveryRef[]> {
  for (;;) {
    const item = await itemOfId(store, eventId, "event");
    if (item === undefined) return [];
    let { deliveries } = item;
    const made: DeliveryRef[] = [];
    for (const destination of destinations) {
      const next = replayed(deliveries, { eventId, destination, now: store.clock() });
      deliveries = bounded([...deliveries, next]);
      made.push({ key: item.pk, deliveryId: next.id });
    }
    if ((await changeDeliveries(store, item, deliveries)) !== undefined) return made;
  }
}

function replayed(
  deliveries: readonly KeptDelivery[],
  order: { readonly eventId: string; readonly destination: string; readonly now: number },
): KeptDelivery {
  const { eventId, destination, now } = order;
  const numbers = deliveries
    .filter((one) => one.destination === destination)
    .map(({ id }) => deliveryKey(id)?.number ?? 0);
  return {
    id: `${eventId}.${destination}.${Math.max(0, ...numbers) + 1}`,
    destination,
    state: "ready",
    origin: "replay",
    attempts: 0,
    createdAt: now,
    dueAt: now,
    lookAt: now + sweepDelayMs,
    log: [],
  };
}

function bounded(deliveries: readonly KeptDelivery[]): readonly KeptDelivery[] {
  if (deliveries.length <= mostDeliveries) return deliveries;
  const oldest = deliveries.findIndex(({ state }) => isFinal(state));
  return deliveries.filter((_, at) => at !== oldest);
}
