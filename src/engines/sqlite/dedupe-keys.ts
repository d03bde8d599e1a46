/** The keys by which repeats are known, inside the transaction that accepts. */
import type { Acceptance, NewEvent } from "../../core/engine.ts";
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

/** Takes the keys of an acceptance's events, or finds who holds them. */
export function takeKeys(
  sql: Statements,
  acceptance: Acceptance,
  at: { readonly seq: number; readonly now: number },
): Claimed[] {
  return acceptance.events.map((item, index) => {
    const { event, dedupe } = item;
    if (dedupe === undefined) return { item, holder: undefined, isRepeat: false };
    const { changes } = sql.takeKey.run(
      event.source,
      dedupe.key,
      at.seq,
      index,
      dedupe.expiresAt,
      at.now,
    );
    if (changes === 1) return { item, holder: undefined, isRepeat: false };
    return held(sql, acceptance, { item, index, seq: at.seq });
  });
}

/** What becomes of an event whose key is taken: by an earlier one, by itself, or by one of its own batch. */
function held(
  sql: Statements,
  { request, events }: Acceptance,
  at: { readonly item: NewEvent; readonly index: number; readonly seq: number },
): Claimed {
  const { item } = at;
  const { event, dedupe } = item;
  const { key = "", expiresAt = 0 } = dedupe ?? {};
  const row = sql.keyHolder.get(event.source, key);
  const twin = row?.["request_seq"] === at.seq ? events[row["item"] as number]?.event : undefined;
  if (twin !== undefined) {
    return {
      item,
      holder: { ...twin, eventId: twin.id, requestId: request.id, range: twin },
      isRepeat: false,
    };
  }
  const eventId = idsFrom(row?.["event_ids"])[row?.["item"] as number];
  if (row === undefined || eventId === undefined) {
    sql.retakeKey.run(event.source, key, at.seq, at.index, expiresAt);
    return { item, holder: undefined, isRepeat: false };
  }
  if (eventId === event.id) return { item, holder: undefined, isRepeat: true };
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
