/**
 * Reading has a connection of its own, so it never waits for the writer nor holds it up. Listings
 * walk the table in stretches and give the event loop back between them; past the time limit a page
 * ends early, with a cursor to go on from.
 */
import { DatabaseSync } from "node:sqlite";
import { setImmediate as breathe } from "node:timers/promises";
import type {
  Counts,
  DeliveryFilter,
  EventFilter,
  KeptRequest,
  Listing,
  Page,
  Pause,
  Reading,
  RequestFilter,
  TimeRange,
} from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import type { DeliveryState } from "../../core/lifecycle.ts";
import { deliveryStates, requestOutcomes } from "../../core/lifecycle.ts";
import type { Delivery, Event } from "../../core/types.ts";
import { matchesGlob } from "../../kit/glob.ts";
import { placeOf } from "../../kit/ids.ts";
import type { Row } from "./rows.ts";
import {
  attemptFrom,
  bytesOf,
  deliveryFrom,
  deliveryKey,
  eventFrom,
  pauseFrom,
  requestFrom,
} from "./rows.ts";
import type { Statements } from "./statements.ts";
import { prepareStatements } from "./statements.ts";

const stretchRows = 500;
const timeLimitMs = 5_000;

/** The reading part of the contract, until it is closed. */
export type Reader = Reading & { readonly close: () => void };

/** Opens a reader of a store that has been migrated. */
export function openReader(path: string | URL, clock: () => number): Reader {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
  db.exec("PRAGMA cache_size = -2048; PRAGMA query_only = ON");
  const sql = prepareStatements(db);
  return { ...pointReads(sql, clock), ...listings(sql, clock), close: () => db.close() };
}

function pointReads(sql: Statements, clock: () => number) {
  const pauses = async (): Promise<readonly Pause[]> => sql.livePauses.all(clock()).map(pauseFrom);
  const held = (destination: string) =>
    sql.pauseOf.get(destination, clock())?.["reason"] as string | undefined;
  return {
    pauses,
    event: async (id: string) => optional(sql.eventById.get(id), eventFrom),
    request: async (id: string) => optional(sql.requestById.get(id), requestFrom),
    body: async (requestId: string) => bodyOf(sql, requestId),
    delivery: async (id: string) => {
      const key = deliveryKey(id);
      const row = key && sql.deliveryById.get(...key);
      return row && deliveryFrom(row, held(String(row["destination"])));
    },
    attempts: async (id: string) => {
      const key = deliveryKey(id);
      return key === undefined ? [] : sql.attemptsOf.all(...key).map(attemptFrom);
    },
    counts: async () => countsOf(sql),
    get: async (name: string) => {
      const row = sql.sealedValue.get(name);
      return row && { value: bytesOf(row["value"]), version: row["version"] as number };
    },
    unarchived: async (limit: number) =>
      sql.unarchived.all(limit).map((row) => deliveryFrom(row, undefined)),
    nextDue: async (destination: string) => {
      const due = sql.nextDue.get(destination)?.["due"] as number | null | undefined;
      if (due === null || due === undefined) return undefined;
      const pause = sql.pauseOf.get(destination, clock());
      if (pause === undefined) return due;
      return pause["until"] === null ? undefined : Math.max(due, pause["until"] as number);
    },
  };
}

function listings(sql: Statements, clock: () => number) {
  return {
    events: (filter: EventFilter, page: Page): Promise<Listing<Event>> => {
      const up = filter.oldestFirst === true;
      return walk(page, {
        start: up ? "" : "\u{10FFFF}",
        isCursor: isId,
        stretch: (cursor, n) =>
          (up ? sql.eventsUp : sql.eventsDown).all(cursor, n, boundOf(cursor)),
        cursorOf: (row) => row["id"] as string,
        isPast: (row) =>
          up ? false : filter.since !== undefined && (row["stored_at"] as number) < filter.since,
        pick: (row) => picked(eventFrom(row), (event) => isWanted(event, filter)),
      });
    },
    requests: (filter: RequestFilter, page: Page): Promise<Listing<KeptRequest>> => {
      const up = filter.oldestFirst === true;
      return walk(page, {
        start: up ? "0" : String(Number.MAX_SAFE_INTEGER),
        isCursor: (text) => /^\d{1,16}$/.test(text),
        stretch: (cursor, n) => (up ? sql.requestsUp : sql.requestsDown).all(Number(cursor), n),
        cursorOf: (row) => String(row["seq"]),
        isPast: () => false,
        pick: (row) =>
          picked(
            requestFrom(row),
            (request) =>
              (filter.source === undefined || request.source === filter.source) &&
              (filter.outcome === undefined || request.outcome === filter.outcome) &&
              isWithin(request.receivedAt, filter),
          ),
      });
    },
    deliveries: (filter: DeliveryFilter, page: Page): Promise<Listing<Delivery>> => {
      const pauses = new Map(
        sql.livePauses
          .all(clock())
          .map((row) => [row["destination"] as string, row["reason"] as string]),
      );
      return walk(page, {
        start: filter.eventId === undefined ? "\u{10FFFF}.z.0" : `${filter.eventId}.~.0`,
        isCursor: (text) => isId(deliveryKey(text)?.[0] ?? ""),
        stretch: (cursor, n) => deliveriesBelow(sql, cursor, n),
        cursorOf: (row) => deliveryFrom(row, undefined).id,
        isPast: (row) => filter.eventId !== undefined && row["event_id"] !== filter.eventId,
        pick: (row) =>
          picked(
            deliveryFrom(row, pauses.get(String(row["destination"]))),
            (delivery) =>
              (filter.destination === undefined || delivery.destination === filter.destination) &&
              (filter.state === undefined || delivery.state === filter.state) &&
              isWithin(delivery.createdAt, filter),
          ),
      });
    },
  };
}

function deliveriesBelow(sql: Statements, cursor: string, n: number): Row[] {
  const [eventId, destination, number] = deliveryKey(cursor) ?? ["", "", 0];
  return sql.deliveriesDown.all(eventId, destination, number, n);
}

type Walk<T> = {
  readonly start: string;
  /** Whether a page of this listing may have ended so. */
  readonly isCursor: (text: string) => boolean;
  readonly stretch: (cursor: string, n: number) => Row[];
  readonly cursorOf: (row: Row) => string;
  /** Whether neither this row nor any after it can be wanted. */
  readonly isPast: (row: Row) => boolean;
  readonly pick: (row: Row) => T | undefined;
};

/** A word that is no cursor would be compared with ids all the same, and begin anywhere. */
async function walk<T>(page: Page, by: Walk<T>): Promise<Listing<T>> {
  if (page.cursor !== undefined && !by.isCursor(page.cursor)) {
    throw new GatewayError(
      "USAGE",
      `"${page.cursor}" is no cursor of this list. Give the \`next\` of the page before, or none to begin at the start.`,
    );
  }
  const items: T[] = [];
  const startedAt = performance.now();
  let cursor = page.cursor ?? by.start;
  for (;;) {
    const rows = by.stretch(cursor, stretchRows);
    const seen = take(rows, by, { items, limit: page.limit });
    cursor = seen.cursor ?? cursor;
    if (seen.isOver) return { items, next: undefined };
    if (items.length === page.limit) return { items, next: cursor };
    if (rows.length < stretchRows) return { items, next: undefined };
    if (performance.now() - startedAt > timeLimitMs) return { items, next: cursor };
    await breathe();
  }
}

/** Picks a stretch's rows into a page until it is full, or nothing after can be wanted. */
function take<T>(
  rows: readonly Row[],
  by: Walk<T>,
  page: { readonly items: T[]; readonly limit: number },
): { readonly cursor: string | undefined; readonly isOver: boolean } {
  let cursor: string | undefined;
  for (const row of rows) {
    if (by.isPast(row)) return { cursor, isOver: true };
    cursor = by.cursorOf(row);
    const item = by.pick(row);
    if (item !== undefined) page.items.push(item);
    if (page.items.length === page.limit) break;
  }
  return { cursor, isOver: false };
}

/** The place that a cursor tells; the ends of the list where it is none. */
function boundOf(cursor: string): number {
  if (cursor === "") return 0;
  const place = placeOf(cursor);
  return Number.isSafeInteger(place) ? place : Number.MAX_SAFE_INTEGER;
}

/** Ids are UUIDs. */
function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

function isWanted(event: Event, filter: EventFilter): boolean {
  return (
    (filter.source === undefined || event.source === filter.source) &&
    (filter.providerEventId === undefined || event.providerEventId === filter.providerEventId) &&
    (filter.types === undefined || filter.types.some((glob) => matchesGlob(glob, event.type))) &&
    isWithin(event.receivedAt, filter)
  );
}

function isWithin(at: number, { since, until }: TimeRange): boolean {
  return (since === undefined || at >= since) && (until === undefined || at < until);
}

function picked<T>(item: T, isOne: (item: T) => boolean): T | undefined {
  return isOne(item) ? item : undefined;
}

function optional<T>(row: Row | undefined, from: (row: Row) => T): T | undefined {
  return row === undefined ? undefined : from(row);
}

function bodyOf(sql: Statements, requestId: string): Buffer | undefined {
  const row = sql.requestBody.get(requestId);
  if (row === undefined) return undefined;
  if (row["body"] === null && typeof row["original_id"] === "string") {
    const original = sql.requestBody.get(row["original_id"]);
    return original && bytesOf(original["body"]);
  }
  return bytesOf(row["body"]);
}

function countsOf(sql: Statements): Counts {
  return {
    requests: tally(requestOutcomes, sql.countRequests.all()),
    events: sql.countEvents.get()?.["n"] as number,
    deliveries: tally<DeliveryState>(deliveryStates, sql.countDeliveries.all()),
  };
}

function tally<Name extends string>(names: readonly Name[], rows: Row[]): Record<Name, number> {
  const found = new Map(rows.map((row) => [row["name"], row["n"] as number]));
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? 0])) as Record<
    Name,
    number
  >;
}
