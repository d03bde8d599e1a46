/** What keeps requests: accept, reject, release. Each function runs inside a group's transaction. */
import type {
  Acceptance,
  Accepted,
  AcceptedEvent,
  NewEvent,
  Rejection,
} from "../../core/engine.ts";
import type { Answer, Request } from "../../core/types.ts";
import type { Claimed, Holder } from "./dedupe-keys.ts";
import { isKeyedById, isKeyInTable, takeKeys } from "./dedupe-keys.ts";
import { isTaken } from "./faults.ts";
import {
  idsOf,
  insertAccepted,
  insertCommon,
  insertEvent,
  insertRequest,
  isCommon,
  secretOf,
  seqOf,
} from "./keeping.ts";
import { answerFrom, answerText, bytesOf } from "./rows.ts";
import type { Statements } from "./statements.ts";

/** Keeps a request with its events, or a receipt where all of them are known. */
export function acceptWork(sql: Statements, acceptance: Acceptance, now: number): Accepted {
  const seq = seqOf(acceptance.request);
  const kept = keepById(sql, acceptance, { seq, now });
  if (kept !== undefined) return kept;
  const claimed = takeKeys(sql, acceptance, { seq, now });
  const fresh = claimed.filter(({ holder }) => holder === undefined);
  if (fresh.length === 0 && claimed.length > 0) return duplicate(sql, acceptance, claimed);
  if (isRepeat(sql, acceptance, claimed)) {
    const answer = answerFrom(sql.requestHead.get(acceptance.request.id)?.["answer"]);
    return { events: claimed.map(toAccepted), answer, conflict: false };
  }
  insertAccepted(sql, acceptance, claimed, { seq, now });
  insertDeliveries(sql, fresh, now);
  const conflict = fresh.length < claimed.length && isConflict(sql, acceptance.request, claimed);
  return { events: claimed.map(toAccepted), answer: acceptance.answer, conflict };
}

/**
 * The common case at once: the request's row takes the key of its event, which is the event's id. Undefined where
 * the case is another, or the key is taken.
 */
function keepById(
  sql: Statements,
  acceptance: Acceptance,
  at: { readonly seq: number; readonly now: number },
): Accepted | undefined {
  const { request, events, answer } = acceptance;
  const [item] = events;
  if (item === undefined || events.length > 1 || !isKeyedById(item)) return undefined;
  if (!isCommon(acceptance, item.event)) return undefined;
  if (isKeyInTable(sql, request.source, item.dedupe)) return undefined;
  try {
    insertCommon(sql, request, item.event, { ...at, keyExpiresAt: item.dedupe.expiresAt });
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
  const claimed: Claimed = { item, holder: undefined, isRepeat: false };
  insertDeliveries(sql, [claimed], at.now);
  return { events: [toAccepted(claimed)], answer, conflict: false };
}

/** Turns a rejected request into an accepted one; undefined when it isn't rejected any more. */
export function releaseWork(
  sql: Statements,
  acceptance: Acceptance,
  now: number,
): Accepted | undefined {
  const { request } = acceptance;
  const head = sql.requestHead.get(request.id);
  if (head?.["outcome"] !== "rejected") return undefined;
  const seq = head["seq"] as number;
  const claimed = takeKeys(sql, acceptance, { seq, now });
  const fresh = claimed.filter(({ holder }) => holder === undefined);
  const outcome = fresh.length === 0 && claimed.length > 0 ? "duplicate" : "released";
  const { assurance, answer } = acceptance;
  const secret = secretOf(acceptance);
  const ids = idsOf(claimed);
  const { code = null, detail = null } = acceptance.note ?? {};
  sql.markReleased.run(
    request.id,
    outcome,
    assurance,
    secret,
    ids,
    answerText(answer),
    code,
    detail,
  );
  for (const { item } of fresh) insertEvent(sql, item.event, { seq, now });
  insertDeliveries(sql, fresh, now);
  const conflict = fresh.length < claimed.length && isConflict(sql, request, claimed);
  return { events: claimed.map(toAccepted), answer, conflict };
}

/** Keeps a request's answer where it has none yet; the one that is kept. */
export function answerWork(sql: Statements, requestId: string, answer: Answer): Answer {
  if (sql.keepAnswer.run(requestId, answerText(answer)).changes === 1) return answer;
  return answerFrom(sql.requestHead.get(requestId)?.["answer"]) ?? answer;
}

/** Keeps a refused request, and lets go of the oldest beyond the bounds. */
export function rejectWork(
  sql: Statements,
  rejection: Rejection,
  bounds: { readonly perSource: number; readonly perAddress: number },
): boolean {
  const { request, code, detail } = rejection;
  insertRequest(sql, request, { outcome: "rejected", code, detail, eventIds: "" });
  sql.trimRejectedFrom.run(request.source, request.remoteAddress, bounds.perAddress);
  sql.trimRejected.run(request.source, bounds.perSource);
  return true;
}

/** Whether this acceptance is already kept. Without a dedupe key only the ids can tell. */
function isRepeat(sql: Statements, { request }: Acceptance, claimed: readonly Claimed[]): boolean {
  if (claimed.some((one) => one.isRepeat)) return true;
  const [first] = claimed;
  if (first === undefined) return sql.requestHead.get(request.id) !== undefined;
  if (first.item.dedupe !== undefined) return false;
  return sql.eventRequestId.get(first.item.event.id)?.["request_id"] === request.id;
}

function duplicate(sql: Statements, acceptance: Acceptance, claimed: readonly Claimed[]): Accepted {
  const holders = claimed.map(({ holder }) => holder as Holder);
  const first = holders[0] as Holder;
  const conflict = isConflict(sql, acceptance.request, claimed);
  insertRequest(sql, acceptance.request, {
    ...acceptance.note,
    outcome: conflict ? "conflict" : "duplicate",
    assurance: acceptance.assurance,
    secretName: secretOf(acceptance),
    eventIds: idsOf(claimed),
    originalId: first.requestId,
    withoutBody: isSameBody(sql, acceptance.request, first.requestId),
  });
  const answer = answerFrom(sql.requestHead.get(first.requestId)?.["answer"]);
  return { events: claimed.map(toAccepted), answer, conflict };
}

/** Whether a known event came again with other bytes. */
function isConflict(sql: Statements, { body }: Request, claimed: readonly Claimed[]): boolean {
  return claimed.some(
    ({ item, holder }) => holder !== undefined && differs(sql, body, item, holder),
  );
}

/** Whether a request's bytes are those of another one, so that they need not be kept twice. */
function isSameBody(sql: Statements, { body }: Request, otherId: string): boolean {
  const other = sql.requestBody.get(otherId)?.["body"];
  return other instanceof Uint8Array && body.equals(other);
}

/** Whether an event's bytes differ from the first one's; false where those are gone. */
function differs(sql: Statements, body: Buffer, { event }: NewEvent, holder: Holder): boolean {
  const row = sql.requestBody.get(holder.requestId);
  if (row === undefined || holder.range === undefined || row["body"] === null) return false;
  const first = bytesOf(row["body"]);
  if (event.inDecoded) return !body.equals(first);
  const { start, end } = holder.range;
  return !body.subarray(event.start, event.end).equals(first.subarray(start, end));
}

function toAccepted({ item: { event }, holder }: Claimed): AcceptedEvent {
  return holder === undefined
    ? {
        kind: "stored",
        id: event.id,
        providerEventId: event.providerEventId,
        validity: event.validity,
      }
    : {
        kind: "duplicate",
        id: holder.eventId,
        providerEventId: holder.providerEventId,
        validity: holder.validity,
      };
}

function insertDeliveries(sql: Statements, fresh: readonly Claimed[], now: number): void {
  for (const { item } of fresh) {
    for (const { destination, laneKey } of item.deliveries) {
      sql.insertRouted.get(item.event.id, destination, now, now, laneKey ?? null);
    }
  }
}
