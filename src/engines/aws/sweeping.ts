/** What bus and queue missed, and what retention lets go. */
import type { Pause, Retention } from "../../core/engine.ts";
import type { DeliveryRef } from "../../core/pushed-engine.ts";
import type { Delivery } from "../../core/types.ts";
import { openLeftOver } from "./accepting.ts";
import { dayName } from "./days.ts";
import { pauseOf } from "./delivering.ts";
import {
  fromFields,
  type Item,
  isOwing,
  type KeptDelivery,
  momentOf,
  secondsOf,
  toChanges,
  withDeliveries,
} from "./items.ts";
import { deliveryFrom, merged } from "./reading.ts";
import { itemsOf, mostUnseenMs, requestItem, type Store } from "./store.ts";

/** Past this share of the retention, what holds the bytes of an event that still waits is kept for longer. */
const keepLongerAfter = 0.5;

/** Which deliveries are looked at, and when again. */
export type Sweep = {
  readonly limit: number;
  readonly before: number;
  readonly lookAgainAt: number;
};

/** Deliveries that should have gone on by now, those that are paused left out. */
export async function owed(
  store: Store,
  { limit, before, lookAgainAt }: Sweep,
  pauses: readonly Pause[],
): Promise<readonly DeliveryRef[]> {
  const items: Item[] = [];
  for await (const item of waiting(store, before)) {
    items.push(item);
    if (items.length === limit) break;
  }
  const found = await Promise.all(
    items.map(async (item): Promise<readonly DeliveryRef[]> => {
      if (item.kind === "request") return opened(store, item);
      const late = item.deliveries.filter((one) => isOwing(one) && one.lookAt <= before);
      if (!(await putOff(store, item, { before, lookAgainAt }))) return [];
      const isDue = (one: (typeof late)[number]) =>
        one.state !== "ready" || (one.dueAt <= before && pauseOf(pauses, one) === undefined);
      return late.filter(isDue).map(({ id }) => ({ key: item.pk, deliveryId: id }));
    }),
  );
  return found.flat();
}

async function opened(store: Store, { pk }: Item): Promise<readonly DeliveryRef[]> {
  const refs = await openLeftOver(store, pk);
  return refs.flatMap(({ key, deliveryIds }) =>
    deliveryIds.map((deliveryId) => ({ key, deliveryId })),
  );
}

/** Others are looked at first next time. False where somebody was at it since the index was read: that one has it in hand. */
async function putOff(
  store: Store,
  item: Item,
  { before, lookAgainAt }: Pick<Sweep, "before" | "lookAgainAt">,
): Promise<boolean> {
  const again = ({ state, dueAt }: KeptDelivery) =>
    state === "ready" ? Math.max(lookAgainAt, Math.min(dueAt, before + mostUnseenMs)) : lookAgainAt;
  const deliveries = item.deliveries.map((one) =>
    isOwing(one) && one.lookAt <= before ? { ...one, lookAt: again(one) } : one,
  );
  const changes = toChanges(withDeliveries(item, deliveries, store));
  if (!(await store.client.change(item, changes))) return false;
  // One that fails is tried again at the next look, and must not hold up what else is owed.
  if (isOld(store, item.event?.receivedAt)) await keepLonger(store, item).catch(() => undefined);
  return true;
}

function isOld({ clock, retentionMs }: Store, since: number | undefined): boolean {
  return since !== undefined && clock() - since > retentionMs * keepLongerAfter;
}

/**
 * An item that owes something has no end, but a batch's request has one, and so has a body in the bucket, whose
 * rule knows nothing of what is owed: both begin anew, long before either would go.
 */
async function keepLonger(store: Store, { pk }: Item): Promise<void> {
  const fields = await store.client.get(pk);
  if (fields === undefined) return;
  const item = fromFields(fields);
  const holder = item.kind === "event" ? await requestItem(store, item) : item;
  const since = holder?.renewedAt ?? holder?.request?.receivedAt;
  if (holder === undefined || !isOld(store, since)) return;
  if (holder.bodyRef !== undefined) await store.client.renewObject(holder.bodyRef);
  const renewedAt = store.clock();
  const ttl = secondsOf(renewedAt + store.retentionMs);
  await store.client.change(holder, holder === item ? { renewedAt } : { renewedAt, ttl });
}

/** Items that owe something and are to be looked at, the longest due first. */
export async function* waiting(store: Store, before: number): AsyncGenerator<Item> {
  const shards = Array.from({ length: store.shards }, (_, n) =>
    store.client.waiting(`w${n}`, before),
  );
  const isBefore = (a: Item, b: Item) => (a.nextDueAt ?? 0) < (b.nextDueAt ?? 0);
  yield* merged(shards.map(asItems), isBefore);
}

async function* asItems(source: ReturnType<Store["client"]["waiting"]>): AsyncGenerator<Item> {
  for await (const fields of source) yield fromFields(fields);
}

/** Dead deliveries that are not archived, the oldest first. */
export async function unarchived(store: Store, limit: number): Promise<readonly Delivery[]> {
  const dead: Delivery[] = [];
  for await (const { event, deliveries } of waiting(store, Number.MAX_SAFE_INTEGER)) {
    for (const one of deliveries) {
      if (one.state === "dead" && one.isArchived !== true && event !== undefined) {
        dead.push(deliveryFrom(one, event.id, []));
      }
    }
  }
  return dead.sort((a, b) => (a.settledAt ?? 0) - (b.settledAt ?? 0)).slice(0, limit);
}

/** References to what is due of a destination, in stretches. */
export async function* dueOf(
  store: Store,
  destination: string,
): AsyncGenerator<readonly DeliveryRef[]> {
  let stretch: DeliveryRef[] = [];
  const now = store.clock();
  for await (const { pk, deliveries } of waiting(store, Number.MAX_SAFE_INTEGER)) {
    for (const { id, state, dueAt, destination: to } of deliveries) {
      if (to !== destination || state !== "ready" || dueAt > now) continue;
      stretch.push({ key: pk, deliveryId: id });
    }
    if (stretch.length >= 100) {
      yield stretch;
      stretch = [];
    }
  }
  if (stretch.length > 0) yield stretch;
}

/** Removes what is old and owes nothing. On AWS a time to live does it by itself. */
export async function prune(store: Store, { before, limit }: Retention): Promise<number> {
  let removed = 0;
  const lastDay = dayName(before);
  for (const [day, partitions] of [...(await store.days.all())].sort()) {
    if (day > lastDay) break;
    for (const partition of partitions) {
      removed += await prunePartition(store, partition, { before, limit: limit - removed });
      if (removed === limit) return removed;
      await forgetEmpty(store, partition);
    }
  }
  return removed;
}

async function prunePartition(
  store: Store,
  partition: string,
  { before, limit }: Retention,
): Promise<number> {
  let removed = 0;
  const stretch = { partition, from: "0", to: momentOf(before), isDescending: false };
  for await (const fields of store.client.ofDay(stretch)) {
    const item = fromFields(fields);
    if (await isNeeded(store, item)) continue;
    if (await store.client.remove(item)) removed += 1;
    if (removed === limit) break;
  }
  return removed;
}

async function forgetEmpty(store: Store, partition: string): Promise<void> {
  const whole = { partition, from: "0", to: "~", isDescending: false };
  for await (const _ of store.client.ofDay(whole)) return;
  await store.days.forget(partition);
}

/** Whether an item owes something itself, or holds the bytes of an event that does. */
async function isNeeded(store: Store, item: Item): Promise<boolean> {
  if (item.deliveries.some(isOwing) || item.nextDueAt !== undefined) return true;
  if (item.kind !== "request") return false;
  const events = await Promise.all((item.request?.eventIds ?? []).map((id) => itemsOf(store, id)));
  return events.flat().some(({ requestPk, deliveries }) => {
    return requestPk === item.pk && deliveries.some(isOwing);
  });
}
