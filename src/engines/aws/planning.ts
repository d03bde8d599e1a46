/** What an acceptance becomes: the items of its request and its events. */
import { hash } from "node:crypto";
import type { Acceptance, Accepted, NewEvent } from "../../core/engine.ts";
import type { EventRef } from "../../core/pushed-engine.ts";
import type { Request } from "../../core/types.ts";
import {
  dayOf,
  type EventPlan,
  eventKey,
  hashOf,
  type Item,
  type KeptDelivery,
  placeOf,
  type RequestFacts,
  shardOf,
  withDeliveries,
} from "./items.ts";
import { keepBody, type Store, sweepDelayMs } from "./store.ts";

/** A plan of more bytes lies in the bucket: an item has 400 KB at most. */
const mostPlanBytes = 120_000;

/** Nearly all requests: one event that goes by the request's id. */
export function isWhole({ request, events }: Acceptance): boolean {
  return events.length === 1 && events[0]?.event.id === request.id;
}

/** The item of an event of a request that tells several. */
export function eventItem(
  store: Store,
  request: Item,
  { one, body }: { readonly one: NewEvent; readonly body: Buffer },
): Item {
  const { event } = one;
  return {
    pk: eventKey(one, false),
    rev: 1,
    id: event.id,
    kind: "event",
    day: dayOf(event.receivedAt, event.id, store.shards),
    at: placeOf(event.receivedAt, event.id),
    requestPk: request.pk,
    ...eventPart(store, one, body, request.plan?.acceptedAt),
  };
}

/** What makes an item one of an event. */
export function eventPart(
  store: Store,
  { event, dedupe, deliveries }: NewEvent,
  body: Buffer,
  acceptedAt = store.clock(),
) {
  const planned = deliveries.map(
    ({ destination, laneKey }): KeptDelivery => ({
      id: `${event.id}.${destination}.1`,
      destination,
      state: "ready",
      origin: "route",
      attempts: 0,
      createdAt: acceptedAt,
      dueAt: acceptedAt,
      lookAt: acceptedAt + sweepDelayMs,
      log: [],
      ...(laneKey === undefined ? {} : { laneKey }),
    }),
  );
  const dedupeUntil = dedupe?.expiresAt;
  return {
    event,
    dedupeUntil,
    hash: hashOf(body, event),
    ...withDeliveries({ id: event.id, event, dedupeUntil }, planned, store),
  };
}

/** What all items of a request have. */
export async function newItem(store: Store, request: Request, pk: string, withBody = true) {
  const day = dayOf(request.receivedAt, request.id, store.shards);
  await store.days.add(day);
  return {
    pk,
    rev: 1,
    id: request.id,
    day,
    at: placeOf(request.receivedAt, request.id),
    ...(withBody ? await keepBody(store, request) : {}),
  };
}

/** A plan is opened at once by who wrote it; by the sweep where that one crashed. */
export async function planPart(store: Store, { id }: Pick<Request, "id">, plan: EventPlan) {
  const waiting = {
    shard: `w${shardOf(id, store.shards)}`,
    nextDueAt: plan.acceptedAt + sweepDelayMs,
    ttl: undefined,
  };
  const text = JSON.stringify(plan);
  if (text.length <= mostPlanBytes) return { ...waiting, plan };
  const planRef = `bodies/${id}.plan`;
  await store.client.putObject(planRef, Buffer.from(text));
  return { ...waiting, planRef };
}

/** A plan that lies in the bucket. */
export async function planAt(store: Store, { planRef }: Item): Promise<EventPlan | undefined> {
  const text = planRef === undefined ? undefined : await store.client.getObject(planRef);
  return text && (JSON.parse(text.toString()) as EventPlan);
}

/** What an acceptance's request is, beside its body. */
export function requestFacts(
  { request: { body, ...arrived }, assurance, events, note }: Acceptance,
  outcome: RequestFacts["outcome"],
  eventIds: readonly string[],
): RequestFacts {
  return {
    ...arrived,
    outcome,
    assurance,
    bodyBytes: body.length,
    eventIds,
    planned: plannedOf(events),
    ...note,
  };
}

/** The ids of events, in their order. */
export function idsOf(events: readonly NewEvent[]): string[] {
  return events.map(({ event }) => event.id);
}

/** A mark of the acceptance that a request was kept with. */
export function plannedOf(events: readonly NewEvent[]): string {
  return hash("sha256", idsOf(events).join(), "base64url");
}

/** Where stored events are kept, with the deliveries that they owe. */
export function refsOf(acceptance: Acceptance, { events }: Accepted): readonly EventRef[] {
  const whole = isWhole(acceptance);
  return acceptance.events.flatMap((one, at) => {
    if (events[at]?.kind !== "stored" || one.deliveries.length === 0) return [];
    const { event, deliveries } = one;
    const deliveryIds = deliveries.map(({ destination }) => `${event.id}.${destination}.1`);
    return [{ key: eventKey(one, whole), event, deliveryIds }];
  });
}
