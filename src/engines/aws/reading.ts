/**
 * Reading. What is found by its id is read consistently; listings go by an index that follows within a
 * second. They walk from day to day and give a page that ends early past the time limit, with a cursor.
 */
import type {
  Counts,
  DeliveryFilter,
  EventFilter,
  KeptRequest,
  Listing,
  Page,
  Pause,
  RequestFilter,
  TimeRange,
} from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import { deliveryStates, requestOutcomes } from "../../core/lifecycle.ts";
import type { Attempt, Delivery, Event } from "../../core/types.ts";
import { matchesGlob } from "../../kit/glob.ts";
import { dayName } from "./days.ts";
import { pauseOf } from "./delivering.ts";
import { deliveryKey, fromFields, type Item, type KeptDelivery, momentOf } from "./items.ts";
import { itemOfId, type Store } from "./store.ts";

const timeLimitMs = 5_000;
/** Where an item stands in a listing: its time and id. */
const placeForm = String.raw`\d{13}#[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`;
const itemCursor = new RegExp(`^${placeForm}$`);
const deliveryCursor = new RegExp(String.raw`^(${placeForm})\|(.+\.[^.]+\.\d+)$`);

/** A request as it is told. */
export function requestFrom({ request }: Item): KeptRequest | undefined {
  if (request === undefined) return undefined;
  const { original: _, planned: __, ...told } = request;
  return { assurance: undefined, code: undefined, detail: undefined, ...told };
}

/** A delivery as it is told. */
export function deliveryFrom(
  one: KeptDelivery,
  eventId: string,
  pauses: readonly Pause[],
): Delivery {
  const { id, destination, state, origin, attempts, createdAt, dueAt } = one;
  return {
    id,
    eventId,
    destination,
    state,
    origin,
    attempts,
    createdAt,
    dueAt,
    firstAttemptAt: one.firstAttemptAt,
    settledAt: one.settledAt,
    reason: one.reason,
    laneKey: one.laneKey,
    held: state === "ready" ? pauseOf(pauses, one)?.reason : undefined,
  };
}

/** A delivery's attempts, in their order. */
export async function attemptsOf(store: Store, id: string): Promise<readonly Attempt[]> {
  const one = (await deliveryOf(store, id))?.one;
  return (one?.log ?? []).map((attempt) => ({ ...attempt, deliveryId: id }));
}

/** A delivery by its id. */
export async function deliveryOf(
  store: Store,
  id: string,
): Promise<{ readonly one: KeptDelivery; readonly eventId: string } | undefined> {
  const key = deliveryKey(id);
  const item = key && (await itemOfId(store, key.eventId, "event"));
  const one = item?.deliveries.find((delivery) => delivery.id === id);
  return key && one && { one, eventId: key.eventId };
}

/** Events, the newest first or the oldest. */
export function events(store: Store, filter: EventFilter, page: Page): Promise<Listing<Event>> {
  return listItems(store, page, {
    ...filter,
    pick: ({ event }) => (event !== undefined && isWanted(event, filter) ? event : undefined),
  });
}

/** Requests, the newest first or the oldest. */
export function requests(
  store: Store,
  filter: RequestFilter,
  page: Page,
): Promise<Listing<KeptRequest>> {
  return listItems(store, page, {
    ...filter,
    pick: (item) => {
      const request = requestFrom(item);
      const { source, outcome } = filter;
      if (source !== undefined && request?.source !== source) return undefined;
      return outcome === undefined || request?.outcome === outcome ? request : undefined;
    },
  });
}

type Picking<T> = TimeRange & {
  readonly oldestFirst?: boolean;
  readonly pick: (item: Item) => T | undefined;
};

async function listItems<T>(
  store: Store,
  { limit, cursor }: Page,
  { pick, ...range }: Picking<T>,
): Promise<Listing<T>> {
  if (cursor !== undefined && !itemCursor.test(cursor)) throw noCursor(cursor);
  const items: T[] = [];
  const startedAt = performance.now();
  let last = cursor;
  for await (const item of walk(store, { ...range, from: cursor })) {
    if (item.at === cursor) continue;
    if (items.length === limit || performance.now() - startedAt > timeLimitMs) {
      return { items, next: last };
    }
    last = item.at;
    const picked = pick(item);
    if (picked !== undefined) items.push(picked);
  }
  return { items, next: undefined };
}

/** Deliveries in the order of their events, the newest first. */
export async function deliveries(
  store: Store,
  filter: DeliveryFilter,
  asked: { readonly page: Page; readonly pauses: readonly Pause[] },
): Promise<Listing<Delivery>> {
  const { limit, cursor } = asked.page;
  const [, from, after] = (cursor === undefined ? undefined : deliveryCursor.exec(cursor)) ?? [];
  if (cursor !== undefined && from === undefined) throw noCursor(cursor);
  const found: Delivery[] = [];
  const startedAt = performance.now();
  let last = cursor;
  for await (const item of itemsFor(store, filter, from)) {
    if (performance.now() - startedAt > timeLimitMs) return { items: found, next: last };
    for (const one of askedOf(item, filter, item.at === from ? after : undefined)) {
      if (found.length === limit) return { items: found, next: last };
      found.push(deliveryFrom(one, item.id, asked.pauses));
      last = `${item.at}|${one.id}`;
    }
  }
  return { items: found, next: undefined };
}

/** An event's deliveries of a listing: the last destination by name first, and the last delivery to it. */
function askedOf(
  { deliveries: all }: Item,
  filter: DeliveryFilter,
  after: string | undefined,
): readonly KeptDelivery[] {
  const own = all.toSorted(byPlace);
  const rest = own.slice(own.findIndex(({ id }) => id === after) + 1);
  return rest.filter((one) => isAsked(one, filter));
}

async function* itemsFor(
  store: Store,
  { eventId, until }: DeliveryFilter,
  from: string | undefined,
): AsyncGenerator<Item> {
  if (eventId === undefined) {
    // A delivery is made after its event has come: only the end bounds both.
    yield* walk(store, { from, ...(until === undefined ? {} : { until }) });
    return;
  }
  const item = await itemOfId(store, eventId, "event");
  if (item !== undefined && (from === undefined || item.at <= from)) yield item;
}

function byPlace(a: KeptDelivery, b: KeptDelivery): number {
  if (a.destination !== b.destination) return a.destination < b.destination ? 1 : -1;
  return (deliveryKey(b.id)?.number ?? 0) - (deliveryKey(a.id)?.number ?? 0);
}

function isAsked(one: KeptDelivery, filter: DeliveryFilter): boolean {
  return (
    (filter.destination === undefined || one.destination === filter.destination) &&
    (filter.state === undefined || one.state === filter.state) &&
    isWithin(one.createdAt, filter)
  );
}

function isWanted(event: Event, filter: EventFilter): boolean {
  return (
    (filter.source === undefined || event.source === filter.source) &&
    (filter.providerEventId === undefined || event.providerEventId === filter.providerEventId) &&
    (filter.types === undefined || filter.types.some((glob) => matchesGlob(glob, event.type)))
  );
}

function isWithin(at: number, { since, until }: TimeRange): boolean {
  return (since === undefined || at >= since) && (until === undefined || at < until);
}

function noCursor(cursor: string): GatewayError {
  return new GatewayError(
    "USAGE",
    `"${cursor}" is no cursor of this list. Give the \`next\` of the page before, or none to begin at the start.`,
  );
}

/** How many there are of what: this reads the whole index. */
export async function counts(store: Store): Promise<Counts> {
  const requestCounts = Object.fromEntries(requestOutcomes.map((name) => [name, 0]));
  const deliveryCounts = Object.fromEntries(deliveryStates.map((name) => [name, 0]));
  let eventCount = 0;
  for await (const { request, event, deliveries: own } of walk(store, {})) {
    if (request) requestCounts[request.outcome] = (requestCounts[request.outcome] ?? 0) + 1;
    if (event) eventCount += 1;
    for (const { state } of own) deliveryCounts[state] = (deliveryCounts[state] ?? 0) + 1;
  }
  return {
    requests: requestCounts as Counts["requests"],
    events: eventCount,
    deliveries: deliveryCounts as Counts["deliveries"],
  };
}

/** All items of a range, day by day. `from` is the place to begin at, itself included. */
async function* walk(
  store: Store,
  range: TimeRange & { readonly oldestFirst?: boolean; readonly from?: string | undefined },
): AsyncGenerator<Item> {
  const { since, until, oldestFirst: isUp = false, from } = range;
  const lowest = [since === undefined ? "0" : momentOf(since), isUp ? from : undefined];
  const highest = [until === undefined ? "~" : momentOf(until), isUp ? undefined : from];
  const low = lowest.reduce<string>((a, b) => (b !== undefined && b > a ? b : a), "0");
  const high = highest.reduce<string>((a, b) => (b !== undefined && b < a ? b : a), "~");
  const days = [...(await store.days.all())].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [day, partitions] of isUp ? days : days.reverse()) {
    if (day < dayAt(low, "0") || day > dayAt(high, "9")) continue;
    const stretches = partitions.map((partition) =>
      asItems(store.client.ofDay({ partition, from: low, to: high, isDescending: !isUp })),
    );
    yield* merged(stretches, (a, b) => (isUp ? a.at < b.at : a.at > b.at));
  }
}

function dayAt(place: string, otherwise: string): string {
  const [, moment] = /^(\d{13})/.exec(place) ?? [];
  return moment === undefined ? otherwise : dayName(Number(moment));
}

async function* asItems(source: ReturnType<Store["client"]["ofDay"]>): AsyncGenerator<Item> {
  for await (const fields of source) yield fromFields(fields);
}

/** Several sorted sources as one. */
export async function* merged(
  sources: readonly AsyncGenerator<Item>[],
  isBefore: (a: Item, b: Item) => boolean,
): AsyncGenerator<Item> {
  const heads = await Promise.all(sources.map(async (source) => (await source.next()).value));
  for (;;) {
    let first = -1;
    for (const [at, item] of heads.entries()) {
      const best: Item | undefined = heads[first];
      if (item !== undefined && (best === undefined || isBefore(item, best))) first = at;
    }
    const item: Item | undefined = heads[first];
    if (item === undefined) return;
    yield item;
    heads[first] = (await sources[first]?.next())?.value;
  }
}
