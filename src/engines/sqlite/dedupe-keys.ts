/** The keys by which repeats are known, inside the transaction that accepts. */
import type { Acceptance, NewEvent } from "../../core/engine.ts";
import { idInKey } from "../../core/identify.ts";
import { isTaken } from "./faults.ts";
import { idsFrom } from "./rows.ts";
import type { Statements } from "./statements.ts";

/** A dedupe key's holder: the first event of that key. */
export type Holder = {
  readonly eventId: string;
  readonly requestId: string;
  readonly providerEventId: string | undefined;
  readonly validity: "valid" | "invalid";
  readonly range: { readonly start: number; readonly end: number } | undefined;
};

/** An event with what became of its key. Without a holder the event is new, and the key its own. */
export type Claimed = {
  readonly item: NewEvent;
  readonly holder: Holder | undefined;
  /** The key's holder is this very event: its first accept was committed, its answer lost. */
  readonly isRepeat: boolean;
};

type Key = NonNullable<NewEvent["dedupe"]>;

/** Whether an event's key is just the id that it is kept by, so that its request's row can hold it. */
export function isKeyedById(item: NewEvent): item is NewEvent & { readonly dedupe: Key } {
  const { event, dedupe } = item;
  return (
    dedupe !== undefined &&
    event.providerEventId !== undefined &&
    idInKey(dedupe.key) === event.providerEventId
  );
}

/** Whether a key stands in the table of keys, which is looked into where it has any of the source. */
export function isKeyInTable(sql: Statements, source: string, { key }: Key): boolean {
  return sql.known.keyed.has(source) && sql.keyHolder.get(source, key) !== undefined;
}

/** Where an acceptance's keys are taken. */
type At = { readonly seq: number; readonly now: number };

/** Takes the keys of an acceptance's events, or finds who holds them. */
export function takeKeys(sql: Statements, acceptance: Acceptance, at: At): Claimed[] {
  return acceptance.events.map((item, index) => {
    const { dedupe } = item;
    if (dedupe === undefined) return { item, holder: undefined, isRepeat: false };
    return (
      heldById(sql, { item, key: dedupe.key, now: at.now }) ??
      taken(sql, { item, dedupe, index, seq: at.seq }) ??
      heldInTable(sql, acceptance, { ...at, item, index })
    );
  });
}

/** The event by whose id a request's row holds the key. Where the key's time is over it is let go. */
function heldById(
  sql: Statements,
  of: { readonly item: NewEvent; readonly key: string; readonly now: number },
): Claimed | undefined {
  const { item, key, now } = of;
  const known = idInKey(key);
  const row = known === undefined ? undefined : sql.idHolder.get(known, item.event.source);
  if (row === undefined) return undefined;
  if ((row["key_expires_at"] as number) > now) {
    const id = row["id"] as string;
    return heldBy(sql, item, { eventId: id, requestId: id });
  }
  sql.freeId.run(row["seq"] as number);
  return undefined;
}

/** Takes a key in the table; undefined where it is taken. By `get`, which makes no object to tell of changes. */
function taken(
  sql: Statements,
  of: {
    readonly item: NewEvent;
    readonly dedupe: Key;
    readonly index: number;
    readonly seq: number;
  },
): Claimed | undefined {
  const { item, dedupe, index, seq } = of;
  const { source } = item.event;
  try {
    sql.takeKey.get(source, dedupe.key, seq, index, dedupe.expiresAt);
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
  sql.known.keyed.add(source);
  return { item, holder: undefined, isRepeat: false };
}

/** What becomes of an event whose key is taken: by an earlier one, by itself, or by one of its own batch. */
function heldInTable(
  sql: Statements,
  { request, events }: Acceptance,
  at: At & { readonly item: NewEvent; readonly index: number },
): Claimed {
  const { item } = at;
  const { event, dedupe } = item;
  const { key = "", expiresAt = 0 } = dedupe ?? {};
  const row = sql.keyHolder.get(event.source, key);
  const isOver = (row?.["expires_at"] as number) <= at.now;
  const eventId = isOver ? undefined : idsFrom(row?.["event_ids"])[row?.["item"] as number];
  // Held by this very request, which tells no events yet: it is being kept.
  const isOwn = !isOver && eventId === undefined && row?.["request_seq"] === at.seq;
  const before = isOwn ? (row["item"] as number) : at.index;
  const twin = before < at.index ? events[before]?.event : undefined;
  if (twin !== undefined) {
    return {
      item,
      holder: { ...twin, eventId: twin.id, requestId: request.id, range: twin },
      isRepeat: false,
    };
  }
  if (row === undefined || eventId === undefined) {
    sql.retakeKey.run(event.source, key, at.seq, at.index, expiresAt);
    return { item, holder: undefined, isRepeat: false };
  }
  return heldBy(sql, item, { eventId, requestId: row["request_id"] as string });
}

/** An event whose key another one holds, or it itself. */
function heldBy(
  sql: Statements,
  item: NewEvent,
  { eventId, requestId }: { readonly eventId: string; readonly requestId: string },
): Claimed {
  if (eventId === item.event.id) return { item, holder: undefined, isRepeat: true };
  const first = sql.eventById.get(eventId);
  const holder: Holder = {
    eventId,
    requestId,
    providerEventId: (first?.["provider_event_id"] ?? undefined) as string | undefined,
    validity: (first?.["validity"] ?? "valid") as Holder["validity"],
    range: first && { start: first["body_start"] as number, end: first["body_end"] as number },
  };
  return { item, holder, isRepeat: false };
}
