/** The keys by which repeats are known, inside the transaction that accepts. */
import type { Acceptance, NewEvent } from "../../core/engine.ts";
import { idsFrom, type Row } from "./rows.ts";
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

type At = {
  readonly seq: number;
  readonly now: number;
  /** The request's own row will tell the key, and need not be in the table yet. */
  readonly isInRow: boolean;
};

type Keyed = At & { readonly item: NewEvent; readonly index: number };

/** Takes the keys of an acceptance's events, or finds who holds them. */
export function takeKeys(sql: Statements, acceptance: Acceptance, at: At): Claimed[] {
  return acceptance.events.map((item, index) => {
    const { event, dedupe } = item;
    if (dedupe === undefined) return taken(item);
    const recent = sql.recent.find(event.source, dedupe.key);
    if (recent !== undefined && recent.expiresAt > at.now) {
      const holder = sql.recentHolder.get(recent.seq);
      const claimed = holder && held(sql, item, holder);
      if (claimed !== undefined) return claimed;
    }
    const isTaken = at.isInRow
      ? takeInRow(sql, event.source, dedupe, at)
      : takeInTable(sql, event.source, dedupe, { ...at, index });
    return isTaken ? taken(item) : heldInTable(sql, acceptance, { ...at, item, index });
  });
}

function taken(item: NewEvent): Claimed {
  return { item, holder: undefined, isRepeat: false };
}

type Dedupe = NonNullable<NewEvent["dedupe"]>;

function takeInRow(
  sql: Statements,
  source: string,
  { key, expiresAt }: Dedupe,
  { seq, now }: At,
): boolean {
  if (sql.liveKey.get(source, key, now) !== undefined) return false;
  sql.recent.put(source, key, { seq, expiresAt });
  return true;
}

function takeInTable(
  sql: Statements,
  source: string,
  { key, expiresAt }: Dedupe,
  { seq, index, now }: Omit<Keyed, "item">,
): boolean {
  return sql.takeKey.run(source, key, seq, index, expiresAt, now).changes === 1;
}

/** What becomes of an event whose key the table has: by an earlier event, by itself, or by one of its own batch. */
function heldInTable(sql: Statements, acceptance: Acceptance, at: Keyed): Claimed {
  const { item, index, seq } = at;
  const { source } = item.event;
  const { key = "", expiresAt = 0 } = item.dedupe ?? {};
  const row = sql.keyHolder.get(source, key);
  const twin = row?.["request_seq"] === seq ? acceptance.events[row["item"] as number] : undefined;
  if (twin !== undefined) return heldByTwin(item, twin.event, acceptance.request.id);
  const claimed = row && held(sql, item, row);
  if (claimed !== undefined) return claimed;
  sql.retakeKey.run(source, key, seq, index, expiresAt);
  return taken(item);
}

function heldByTwin(item: NewEvent, event: NewEvent["event"], requestId: string): Claimed {
  return {
    item,
    holder: { ...event, eventId: event.id, requestId, range: event },
    isRepeat: false,
  };
}

/** An event whose key another one holds, or it itself; undefined where the holder is gone. */
function held(sql: Statements, item: NewEvent, row: Row): Claimed | undefined {
  const eventId = idsFrom(row["event_ids"])[row["item"] as number];
  if (eventId === undefined) return undefined;
  if (eventId === item.event.id) return { item, holder: undefined, isRepeat: true };
  const first = sql.eventById.get(eventId);
  const holder: Holder = {
    eventId,
    requestId: row["request_id"] as string,
    providerEventId: (first?.["provider_event_id"] ?? undefined) as string | undefined,
    validity: (first?.["validity"] ?? "valid") as Holder["validity"],
    range: first && { start: first["body_start"] as number, end: first["body_end"] as number },
  };
  return { item, holder, isRepeat: false };
}
