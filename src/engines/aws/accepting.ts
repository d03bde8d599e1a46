/**
 * What keeps requests: accept and release. An acceptance is one conditional write. Where a request tells
 * several events, that write holds them all as a plan; then each claims its key by a write of its own,
 * and what a crash leaves unopened is opened by the sweep.
 */
import type { Acceptance, Accepted, AcceptedEvent, NewEvent } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import type { EventRef } from "../../core/pushed-engine.ts";
import type { Event } from "../../core/types.ts";
import {
  type EventPlan,
  eventKey,
  fromFields,
  hashOf,
  type Item,
  receiptKey,
  requestKey,
  restingKey,
  secondsOf,
  toChanges,
  toFields,
} from "./items.ts";
import {
  eventItem,
  eventPart,
  idsOf,
  isWhole,
  newItem,
  planAt,
  plannedOf,
  planPart,
  refsOf,
  requestFacts,
} from "./planning.ts";
import { forgetRejected } from "./rejecting.ts";
import { bodyAt, itemOfId, requestItem, type Store } from "./store.ts";

/** Keys of a batch that are claimed at once. */
const atOnce = 25;
/** How often a key whose time is over is tried to be taken over from others who do the same. */
const mostTries = 8;

/** What became of one event: new (or this very one, kept before), or the holder of its key. */
type Opened = { readonly item: NewEvent; readonly holder: Item | undefined };

/** Keeps a request with its events, or a receipt where it is known. */
export async function accept(store: Store, acceptance: Acceptance): Promise<Accepted> {
  refuseBroken(acceptance);
  const [only] = acceptance.events;
  if (only !== undefined && isWhole(acceptance)) return acceptWhole(store, acceptance, only);
  return acceptSeveral(store, acceptance);
}

async function acceptWhole(
  store: Store,
  acceptance: Acceptance,
  only: NewEvent,
): Promise<Accepted> {
  const { request } = acceptance;
  const item: Item = {
    ...(await newItem(store, request, eventKey(only, true))),
    ...eventPart(store, only, request.body),
    kind: "whole",
    request: requestFacts(acceptance, "accepted", [only.event.id]),
    answer: acceptance.answer,
  };
  const holder = await claimKey(store, item);
  if (holder === undefined) return accepted(acceptance, [{ item: only, holder }]);
  if (holder.id === item.id) {
    return { ...accepted(acceptance, [{ item: only, holder: undefined }]), answer: holder.answer };
  }
  const opened = [{ item: only, holder }];
  const conflict = isConflict(acceptance.request.body, opened);
  await leaveReceipt(store, acceptance, { holder, conflict });
  return { ...accepted(acceptance, opened), answer: await answerOf(store, holder), conflict };
}

/** Puts an event's item under its key, also in place of one whose time is over; else the key's holder. */
async function claimKey(store: Store, item: Item): Promise<Item | undefined> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const found = await store.client.create(toFields(item));
    if (found === undefined) {
      store.lately.note(item);
      return undefined;
    }
    const holder = fromFields(found);
    const isOver = (holder.dedupeUntil ?? Number.POSITIVE_INFINITY) <= store.clock();
    if (holder.id === item.id || !isOver) {
      store.lately.note(holder);
      return holder;
    }
    const movedTo = restingKey(
      { source: holder.event?.source ?? "", id: holder.id },
      holder.kind === "whole",
    );
    const old = toFields(holder);
    if (await store.client.replace(old, { movedTo, next: toFields(item) })) {
      store.lately.note(item);
      return undefined;
    }
  }
  throw new GatewayError(
    "STORE_UNAVAILABLE",
    "A dedupe key could not be taken over: many want it.",
  );
}

/** What repeats add: who sent it when; a body of its own only where that is another one. */
async function leaveReceipt(
  store: Store,
  acceptance: Acceptance,
  found: { readonly holder: Item; readonly conflict: boolean },
): Promise<void> {
  const { holder, conflict } = found;
  const { request } = acceptance;
  const original = { pk: holder.requestPk ?? holder.pk, id: requestIdOf(holder) };
  const hasOwnBody = conflict || holder.kind !== "whole";
  const facts = requestFacts(acceptance, conflict ? "conflict" : "duplicate", [holder.id]);
  const item: Item = {
    ...(await newItem(store, request, receiptKey(request), hasOwnBody)),
    kind: "request",
    request: hasOwnBody ? facts : { ...facts, original },
    deliveries: [],
    ttl: secondsOf(request.receivedAt + store.retentionMs),
  };
  await store.client.create(toFields(item));
}

async function acceptSeveral(store: Store, acceptance: Acceptance): Promise<Accepted> {
  const { request, events } = acceptance;
  const plan: EventPlan = { acceptedAt: store.clock(), events };
  const facts = requestFacts(acceptance, "accepted", idsOf(events));
  const item: Item = {
    ...(await newItem(store, request, requestKey(request))),
    kind: "request",
    request: facts,
    deliveries: [],
    answer: acceptance.answer,
    ...(await planPart(store, request, plan)),
  };
  const found = await store.client.create(toFields(item));
  const kept = found === undefined ? item : fromFields(found);
  store.lately.note(kept);
  if (kept.request?.planned !== facts.planned) {
    throw new GatewayError(
      "STORE_UNAVAILABLE",
      `The request ${request.id} is kept already, with other events; nothing was kept of this one.`,
    );
  }
  return openEvents(store, kept, acceptance);
}

/** Turns a rejected request into an accepted one; undefined when it isn't rejected (any more). */
export async function release(store: Store, acceptance: Acceptance): Promise<Accepted | undefined> {
  refuseBroken(acceptance);
  const { request, events } = acceptance;
  const kept = await itemOfId(store, request.id, "request");
  if (kept?.request?.outcome !== "rejected") return undefined;
  const { code: _, detail: __, ...arrived } = kept.request;
  const changes: Partial<Item> = {
    request: {
      ...arrived,
      source: request.source,
      assurance: acceptance.assurance,
      outcome: "released",
      eventIds: idsOf(events),
      planned: plannedOf(events),
      ...acceptance.note,
    },
    answer: acceptance.answer,
    ...(await planPart(store, request, { acceptedAt: store.clock(), events })),
  };
  if (!(await store.client.change(kept, toChanges(changes)))) return undefined;
  await forgetRejected(store, kept.request);
  return openEvents(store, { ...kept, ...changes, rev: kept.rev + 1 }, acceptance);
}

/** Opens what a crash left of a request's plan; the events that it told. */
export async function openLeftOver(store: Store, pk: string): Promise<readonly EventRef[]> {
  const fields = await store.client.get(pk);
  if (fields === undefined) return [];
  const item = fromFields(fields);
  // Without its body a batch is opened all the same: its deliveries end then, and say why.
  const body = (await bodyAt(store, item)) ?? Buffer.alloc(0);
  const plan = item.plan ?? (await planAt(store, item));
  if (item.request === undefined || plan === undefined) return [];
  const { answer } = item;
  const acceptance: Acceptance = {
    request: { ...item.request, body },
    assurance: item.request.assurance ?? "verified",
    events: plan.events,
    answer,
  };
  return refsOf(acceptance, await openEvents(store, { ...item, plan }, acceptance));
}

/** Has each event of a plan claim its key, and then marks the request as done. */
async function openEvents(store: Store, request: Item, acceptance: Acceptance): Promise<Accepted> {
  const opened = await claimAll(store, request, acceptance);
  const held = opened.flatMap(({ holder }) => holder ?? []);
  const [first] = held;
  const conflict = isConflict(acceptance.request.body, opened);
  const isKnown = first !== undefined && held.length === opened.length;
  const result = { ...accepted(acceptance, opened), conflict };
  const isOpen = request.plan !== undefined || request.planRef !== undefined;
  if (isOpen && request.request !== undefined) {
    const again = conflict ? "conflict" : "duplicate";
    const changes: Partial<Item> = {
      request: {
        ...request.request,
        outcome: isKnown ? again : request.request.outcome,
        eventIds: result.events.map(({ id }) => id),
      },
      plan: undefined,
      planRef: undefined,
      shard: undefined,
      nextDueAt: undefined,
      // Of now, since a plan may be opened, or a request released, long after its arrival.
      ttl: secondsOf(store.clock() + store.retentionMs),
    };
    // Refused where the sweep was faster; it has come to the same.
    await store.client.change(request, toChanges(changes));
  }
  return { ...result, answer: isKnown ? await answerOf(store, first) : request.answer };
}

async function claimAll(
  store: Store,
  request: Item,
  { request: { body }, events }: Acceptance,
): Promise<readonly Opened[]> {
  const firsts = new Map<string, number>();
  const items = events.map((one) => eventItem(store, request, { one, body }));
  for (const [at, { pk }] of items.entries()) if (!firsts.has(pk)) firsts.set(pk, at);
  const holders = new Map<number, Item | undefined>();
  const own = items.flatMap((item, at) => (firsts.get(item.pk) === at ? [at] : []));
  for (let from = 0; from < own.length; from += atOnce) {
    await Promise.all(
      own.slice(from, from + atOnce).map(async (at) => {
        const item = items[at] as Item;
        const holder = await claimKey(store, item);
        holders.set(at, holder?.id === item.id ? undefined : holder);
      }),
    );
  }
  return events.map((item, at) => {
    const first = firsts.get((items[at] as Item).pk) ?? at;
    const holder = holders.get(first) ?? (first === at ? undefined : (items[first] as Item));
    return { item, holder };
  });
}

function requestIdOf({ event, id }: Item): string {
  return event?.requestId ?? id;
}

async function answerOf(store: Store, holder: Item): Promise<Accepted["answer"]> {
  return holder.kind === "whole" ? holder.answer : (await requestItem(store, holder))?.answer;
}

/** Whether a known event came again with other bytes. */
function isConflict(body: Buffer, opened: readonly Opened[]): boolean {
  return opened.some(
    ({ item, holder }) => holder !== undefined && holder.hash !== hashOf(body, item.event),
  );
}

function accepted({ answer }: Acceptance, opened: readonly Opened[]): Accepted {
  return { events: opened.map(toAccepted), answer, conflict: false };
}

function toAccepted({ item, holder }: Opened): AcceptedEvent {
  const { id, providerEventId, validity }: Event = holder?.event ?? item.event;
  return { kind: holder === undefined ? "stored" : "duplicate", id, providerEventId, validity };
}

/** A batch is kept whole or not at all, so it is looked at before anything is written. */
function refuseBroken({ events }: Acceptance): void {
  for (const { event, deliveries } of events) {
    if (deliveries.every(({ destination }) => typeof destination === "string")) continue;
    throw new GatewayError("INTERNAL", `The event ${event.id} names no destination to deliver to.`);
  }
}
