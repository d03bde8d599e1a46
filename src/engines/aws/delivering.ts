/**
 * What moves deliveries through their states. An event's deliveries stand in its item as one text, so each
 * change reads the item, decides, and writes if it is still as it was read.
 */
import { randomUUID } from "node:crypto";
import type { Claim, Pause, Settlement } from "../../core/engine.ts";
import { errors } from "../../core/errors.ts";
import { type DeliveryState, isFinal } from "../../core/lifecycle.ts";
import type { DeliveryRef, NamedClaim } from "../../core/pushed-engine.ts";
import { deliveryKey, type Item, type KeptDelivery, toChanges, withDeliveries } from "./items.ts";
import {
  bodyAt,
  itemOfId,
  locate,
  mostUnseenMs,
  queueDelayMs,
  requestItem,
  type Store,
  sweepDelayMs,
} from "./store.ts";

/** Attempts that are remembered for an event, over all its deliveries. */
const mostAttempts = 240;
/** Bytes of an attempt's text. */
const mostDetail = 500;

type Change<T> = { readonly result: T; readonly next?: KeptDelivery };

/** Decides about one delivery of an item until the decision is written; undefined where it isn't kept. */
async function changeOne<T>(
  store: Store,
  at: { readonly deliveryId: string; readonly find: () => Promise<Item | undefined> },
  decide: (delivery: KeptDelivery, item: Item) => Change<T>,
  known?: Item,
): Promise<{ readonly result: T; readonly item: Item } | undefined> {
  for (let item = known ?? (await at.find()); item !== undefined; item = await at.find()) {
    const delivery = item.deliveries.find(({ id }) => id === at.deliveryId);
    if (delivery === undefined) return undefined;
    const { result, next } = decide(delivery, item);
    if (next === undefined) return { result, item };
    const deliveries = item.deliveries.map((one) => (one === delivery ? next : one));
    const changed = await changeDeliveries(store, item, deliveries);
    if (changed !== undefined) return { result, item: changed };
  }
  return undefined;
}

/** The item with other deliveries; undefined where it isn't as it was read any more. */
export async function changeDeliveries(
  store: Store,
  item: Item,
  deliveries: readonly KeptDelivery[],
): Promise<Item | undefined> {
  const changes = withDeliveries(item, deliveries, store);
  if (!(await store.client.change(item, toChanges(changes)))) return undefined;
  return { ...item, ...changes, rev: item.rev + 1 };
}

function byRef(store: Store, { key, deliveryId }: DeliveryRef) {
  const eventId = deliveryKey(deliveryId)?.eventId;
  return {
    deliveryId,
    find: async () => (eventId === undefined ? undefined : locate(store, key, eventId)),
  };
}

function byId(store: Store, deliveryId: string) {
  const eventId = deliveryKey(deliveryId)?.eventId;
  return {
    deliveryId,
    find: async () => (eventId === undefined ? undefined : itemOfId(store, eventId, "event")),
  };
}

/** What stands in the way of claiming a delivery now. */
function obstacle(
  delivery: KeptDelivery,
  pauses: readonly Pause[],
  now: number,
): Exclude<NamedClaim, { readonly kind: "claimed" }> | undefined {
  const { state, isArchived = false } = delivery;
  if (isFinal(state)) return { kind: "final", state, isArchived };
  if (state === "leased") {
    return (delivery.leasedUntil ?? 0) >= now ? { kind: "held" } : undefined;
  }
  const pause = pauseOf(pauses, delivery);
  if (pause !== undefined) return { kind: "later", at: pause.until };
  return delivery.dueAt > now ? { kind: "later", at: delivery.dueAt } : undefined;
}

/** The pause that holds a delivery. */
export function pauseOf(
  pauses: readonly Pause[],
  { destination, laneKey }: Pick<KeptDelivery, "destination" | "laneKey">,
): Pause | undefined {
  return pauses.find(
    (pause) =>
      pause.destination === destination &&
      (pause.laneKey === undefined || pause.laneKey === laneKey),
  );
}

/** Leases a delivery. One whose lease ran out is as good as ready. */
export async function claimNamed(
  store: Store,
  ref: DeliveryRef,
  how: { readonly leaseMs: number; readonly pauses: readonly Pause[] },
): Promise<NamedClaim> {
  const at = byRef(store, ref);
  const found = await at.find();
  const delivery = found?.deliveries.find(({ id }) => id === ref.deliveryId);
  if (found === undefined || delivery === undefined) return { kind: "unknown" };
  const now = store.clock();
  const early = obstacle(delivery, how.pauses, now);
  if (early !== undefined) return early;
  // Before the lease: what can't be read would hold it until it ends.
  const body = await bodyAt(store, found);
  if (body === undefined) return endWithoutBody(store, ref);
  const request = found.request ?? (await requestItem(store, found))?.request;
  const leasedUntil = now + how.leaseMs;
  const changed = await changeOne<NamedClaim>(
    store,
    at,
    (one, item) => {
      const inTheWay = obstacle(one, how.pauses, now);
      if (inTheWay !== undefined || item.event === undefined) {
        return { result: inTheWay ?? { kind: "unknown" } };
      }
      const { event } = item;
      const lease = `${randomUUID()}|${item.pk}`;
      const firstAttemptAt = one.firstAttemptAt ?? now;
      const isWhole = event.inDecoded || (event.start === 0 && event.end === body.length);
      const claim: Claim = {
        deliveryId: one.id,
        destination: one.destination,
        attempt: one.attempts + 1,
        event,
        body: isWhole ? body : body.subarray(event.start, event.end),
        headers: request?.headers ?? [],
        method: request?.method ?? "POST",
        query: request?.query ?? "",
        lease,
        leasedUntil,
        firstAttemptAt,
      };
      const lost = (one.lost ?? 0) + 1;
      const lookAt = leasedUntil + 1;
      const next = { ...one, state: "leased", lease, leasedUntil, firstAttemptAt, lost, lookAt };
      return { result: { kind: "claimed", claim }, next: next as KeptDelivery };
    },
    found,
  );
  return changed?.result ?? { kind: "unknown" };
}

/**
 * What has no body can never be delivered, so it dies, and the archive tells what is known of it. Only a bucket that
 * says so counts: one that doesn't answer, or refuses, is a fault that passes.
 */
async function endWithoutBody(store: Store, ref: DeliveryRef): Promise<NamedClaim> {
  const { cause, remedy } = errors.BODY_GONE;
  const isEnded = await giveUp(store, ref, { reason: `BODY_GONE: ${cause} ${remedy}`, lost: 0 });
  return isEnded ? { kind: "final", state: "dead", isArchived: false } : { kind: "held" };
}

/** Records an attempt with the state that follows; false when the lease is no longer ours. */
export async function settle(store: Store, settlement: Settlement): Promise<boolean> {
  const { deliveryId, lease } = settlement.claim;
  const mark = lease.indexOf("|");
  if (mark < 0) return false;
  const at = byRef(store, { key: lease.slice(mark + 1), deliveryId });
  const changed = await changeOne(store, at, (one, { deliveries }) =>
    one.state === "leased" && one.lease === lease
      ? { result: true, next: settled(one, settlement, deliveries.length) }
      : { result: false },
  );
  return changed?.result ?? false;
}

function settled(
  one: KeptDelivery,
  { claim, transition, outcome, startedAt, endedAt }: Settlement,
  deliveries: number,
): KeptDelivery {
  const { lease: _, leasedUntil: __, lost = 1, ...rest } = one;
  if (outcome.kind === "interrupted") {
    const isAsNew = one.attempts === 0 && lost === 1;
    const firstAttemptAt = isAsNew ? undefined : one.firstAttemptAt;
    const lookAt = endedAt + sweepDelayMs;
    return { ...rest, state: "ready", firstAttemptAt, lookAt, lost: lost - 1 };
  }
  const { state, dueAt = one.dueAt, reason } = transition;
  const facts = outcome.kind === "skipped" ? { detail: outcome.reason } : outcome;
  const attempt = {
    number: claim.attempt,
    startedAt,
    endedAt,
    outcome: outcome.kind,
    status: "status" in facts ? facts.status : undefined,
    code: outcome.kind === "failed" ? outcome.code : undefined,
    detail: facts.detail?.slice(0, mostDetail),
  };
  const most = Math.max(5, Math.floor(mostAttempts / deliveries));
  const isSoon = dueAt - endedAt <= queueDelayMs;
  return {
    ...rest,
    state,
    dueAt,
    attempts: one.attempts + 1,
    reason: reason?.slice(0, mostDetail),
    log: [...one.log, attempt].slice(-most),
    // The queue brings back what is due soon; the rest waits for the sweep.
    lookAt:
      state === "ready" && !isSoon
        ? Math.min(dueAt, endedAt + mostUnseenMs)
        : Math.max(dueAt, endedAt) + sweepDelayMs,
    ...(state === "ready" ? {} : { settledAt: endedAt }),
  };
}

/** Cancels a delivery that waits; the state it has then. */
export async function cancel(
  store: Store,
  id: string,
  reason: string,
): Promise<DeliveryState | undefined> {
  const changed = await changeOne<DeliveryState>(store, byId(store, id), (one) =>
    one.state === "ready"
      ? {
          result: "cancelled",
          next: { ...one, state: "cancelled", reason, settledAt: store.clock() },
        }
      : { result: one.state },
  );
  return changed?.result;
}

/** Marks a dead delivery as archived. */
export async function archived(store: Store, id: string): Promise<void> {
  await changeOne(store, byId(store, id), (one) =>
    one.state === "dead" && one.isArchived !== true
      ? { result: undefined, next: { ...one, isArchived: true } }
      : { result: undefined },
  );
}

/** Ends a delivery that no attempt could settle; false when it is under way, final, or not lost so often. */
export async function giveUp(
  store: Store,
  ref: DeliveryRef,
  why: { readonly reason: string; readonly lost: number },
): Promise<boolean> {
  const now = store.clock();
  const changed = await changeOne(store, byRef(store, ref), (one) => {
    const isUnderWay = one.state === "leased" && (one.leasedUntil ?? 0) >= now;
    if (isFinal(one.state) || isUnderWay || (one.lost ?? 0) < why.lost) return { result: false };
    const { lease: _, leasedUntil: __, ...rest } = one;
    const lookAt = now + sweepDelayMs;
    const next: KeptDelivery = {
      ...rest,
      state: "dead",
      reason: why.reason,
      settledAt: now,
      lookAt,
    };
    return { result: true, next };
  });
  return changed?.result ?? false;
}
