/** The rows that a request and its events are kept in. */
import type { Acceptance } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import type { Event, Request } from "../../core/types.ts";
import { placeOf } from "../../kit/ids.ts";
import type { Claimed } from "./dedupe-keys.ts";
import { answerText, headersText, paramsText } from "./rows.ts";
import type { Statements } from "./statements.ts";

/** Keeps a request's row as it is told. */
export function insertRequest(
  sql: Statements,
  request: Request,
  kept: {
    readonly outcome: string;
    readonly eventIds: string;
    readonly assurance?: string;
    readonly secretName?: string | null;
    readonly code?: string;
    readonly detail?: string;
    readonly answer?: string | null;
    readonly originalId?: string;
    readonly withoutBody?: boolean;
  },
): void {
  sql.insertRequest.run(
    seqOf(request),
    request.id,
    request.source,
    request.receivedAt,
    request.method,
    request.path,
    request.query,
    paramsText(request.params),
    request.remoteAddress,
    kept.outcome,
    kept.assurance ?? null,
    kept.secretName ?? null,
    kept.code ?? null,
    kept.detail ?? null,
    kept.eventIds,
    kept.originalId ?? null,
    kept.answer ?? null,
    request.body.length,
    headersText(request.headers),
    kept.withoutBody ? null : request.body,
  );
}

/** Keeps an accepted request, with its events that are new. */
export function insertAccepted(
  sql: Statements,
  acceptance: Acceptance,
  claimed: readonly Claimed[],
  at: { readonly seq: number; readonly now: number },
): void {
  const { request, assurance, answer } = acceptance;
  const only = claimed.length === 1 ? claimed[0]?.item.event : undefined;
  if (only !== undefined && isCommon(acceptance, only)) {
    insertCommon(sql, request, only, { ...at, keyExpiresAt: null });
    return;
  }
  insertRequest(sql, request, {
    ...acceptance.note,
    outcome: "accepted",
    assurance,
    secretName: secretOf(acceptance),
    eventIds: idsOf(claimed),
    answer: answerText(answer),
  });
  for (const { item, holder } of claimed) {
    if (holder === undefined) insertEvent(sql, item.event, at);
  }
}

/** Whether a request and its one event are as nearly all are, so that one row tells both. */
export function isCommon({ request, assurance, answer, note }: Acceptance, event: Event): boolean {
  const isWhole = event.start === 0 && event.end === request.body.length && !event.inDecoded;
  return (
    event.id === request.id &&
    isWhole &&
    event.validity === "valid" &&
    assurance === "verified" &&
    answer === undefined &&
    note === undefined &&
    request.method === "POST" &&
    request.query === ""
  );
}

/** Keeps a request and its one event in one row, which holds the event's key where that has an end. */
export function insertCommon(
  sql: Statements,
  request: Request,
  event: Event,
  at: { readonly seq: number; readonly now: number; readonly keyExpiresAt: number | null },
): void {
  // By `get`, here and below: `run` makes an object to tell of changes, which costs an accept 2,000 instructions.
  sql.insertAccepted.get(
    at.seq,
    request.id,
    request.source,
    request.receivedAt,
    request.path,
    paramsText(request.params),
    request.remoteAddress,
    event.secretName ?? null,
    at.now,
    event.provider,
    event.type,
    event.providerEventId ?? null,
    event.occurredAt ?? null,
    request.body.length,
    headersText(request.headers),
    request.body,
    at.keyExpiresAt,
  );
}

/** The row that a request's id tells. Of an id that tells none SQLite would choose a row, where nobody finds it. */
export function seqOf({ id }: Request): number {
  const place = placeOf(id);
  if (Number.isSafeInteger(place) && place >= 2 ** 32) return place;
  throw new GatewayError("INTERNAL", `The id "${id}" tells no row; ids are made by idMaker.`);
}

/** Keeps an event that its request's row doesn't tell. */
export function insertEvent(
  sql: Statements,
  event: Event,
  at: { readonly seq: number; readonly now: number },
): void {
  sql.insertEvent.run(
    event.id,
    at.seq,
    at.now,
    event.provider,
    event.type,
    event.providerEventId ?? null,
    event.occurredAt ?? null,
    event.validity,
    event.start,
    event.end,
    event.inDecoded ? 1 : 0,
  );
}

/** The ids of a request's events as text, those of the first where they are known. */
export function idsOf(claimed: readonly Claimed[]): string {
  const [only] = claimed;
  if (claimed.length === 1 && only) return only.holder?.eventId ?? only.item.event.id;
  return claimed.map(({ item, holder }) => holder?.eventId ?? item.event.id).join(",");
}

/** The secret that fitted is a fact of the request; its events carry the same name. */
export function secretOf({ events }: Acceptance): string | null {
  return events[0]?.event.secretName ?? null;
}
