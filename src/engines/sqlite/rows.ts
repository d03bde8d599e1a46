/** Between the rows of the store and the words of the contract. */
import type { Claim, KeptRequest, Pause } from "../../core/engine.ts";
import type { Answer, Attempt, Delivery, Event, PathParams } from "../../core/types.ts";

/** A row as node:sqlite returns it. */
export type Row = Record<string, unknown>;

/** Key of a delivery: its event, destination, and which of theirs it is. */
export type DeliveryKey = readonly [eventId: string, destination: string, number: number];

/** A delivery's id, made of its key; names of destinations have no dot. */
export function deliveryId(eventId: string, destination: string, number: number): string {
  return `${eventId}.${destination}.${number}`;
}

/** The key in a delivery's id; undefined where it isn't one. */
export function deliveryKey(id: string): DeliveryKey | undefined {
  const match = /^(.+)\.([^.]+)\.(\d+)$/.exec(id);
  return match ? [match[1] as string, match[2] as string, Number(match[3])] : undefined;
}

/** Headers as one text: names and values hold no line break. */
export function headersText(headers: readonly string[]): string {
  return headers.join("\n");
}

/** Path parameters as text; null where there are none. */
export function paramsText(params: PathParams): string | null {
  for (const _ in params) return JSON.stringify(params);
  return null;
}

/** An answer as text; null where it is the standard one. */
export function answerText(answer: Answer | undefined): string | null {
  return answer === undefined ? null : JSON.stringify(answer);
}

/** An answer from text. */
export function answerFrom(text: unknown): Answer | undefined {
  return typeof text === "string" ? (JSON.parse(text) as Answer) : undefined;
}

/** An event of a row of `events` (or a join that has its columns). */
export function eventFrom(row: Row, id: unknown = row["id"]): Event {
  return {
    id: id as string,
    requestId: row["request_id"] as string,
    source: row["source"] as string,
    provider: row["provider"] as string,
    type: row["type"] as string,
    providerEventId: (row["provider_event_id"] ?? undefined) as string | undefined,
    occurredAt: (row["occurred_at"] ?? undefined) as number | undefined,
    receivedAt: row["received_at"] as number,
    assurance: row["assurance"] as Event["assurance"],
    secretName: (row["secret_name"] ?? undefined) as string | undefined,
    validity: row["validity"] as Event["validity"],
    params: paramsFrom(row["params"]),
    start: row["body_start"] as number,
    end: row["body_end"] as number,
    inDecoded: row["in_decoded"] === 1,
  };
}

/** A request of a row of `requests`, without its body. */
export function requestFrom(row: Row): KeptRequest {
  return {
    id: row["id"] as string,
    source: row["source"] as string,
    receivedAt: row["received_at"] as number,
    method: row["method"] as string,
    path: row["path"] as string,
    query: row["query"] as string,
    params: paramsFrom(row["params"]),
    headers: headersFrom(row["headers"]),
    remoteAddress: row["remote_address"] as string,
    outcome: row["outcome"] as KeptRequest["outcome"],
    assurance: (row["assurance"] ?? undefined) as KeptRequest["assurance"],
    code: (row["code"] ?? undefined) as KeptRequest["code"],
    detail: (row["detail"] ?? undefined) as string | undefined,
    bodyBytes: row["body_bytes"] as number,
    eventIds: idsFrom(row["event_ids"]),
  };
}

/** A delivery of a row; `held` is why its destination's deliveries wait. */
export function deliveryFrom(row: Row, held: string | undefined): Delivery {
  const state = row["state"] as Delivery["state"];
  return {
    id: idOf(row),
    eventId: row["event_id"] as string,
    destination: row["destination"] as string,
    state,
    origin: row["origin"] as Delivery["origin"],
    attempts: row["attempts"] as number,
    createdAt: row["created_at"] as number,
    dueAt: row["due_at"] as number,
    firstAttemptAt: (row["first_attempt_at"] ?? undefined) as number | undefined,
    settledAt: (row["settled_at"] ?? undefined) as number | undefined,
    reason: (row["reason"] ?? undefined) as string | undefined,
    laneKey: (row["lane_key"] ?? undefined) as string | undefined,
    held: state === "ready" ? held : undefined,
  };
}

/** An attempt of a row. */
export function attemptFrom(row: Row): Attempt {
  return {
    deliveryId: deliveryId(
      row["event_id"] as string,
      row["destination"] as string,
      row["delivery"] as number,
    ),
    number: row["number"] as number,
    startedAt: row["started_at"] as number,
    endedAt: row["ended_at"] as number,
    outcome: row["outcome"] as Attempt["outcome"],
    status: (row["status"] ?? undefined) as number | undefined,
    code: (row["code"] ?? undefined) as string | undefined,
    detail: (row["detail"] ?? undefined) as string | undefined,
  };
}

/** A pause of a row. */
export function pauseFrom(row: Row): Pause {
  const { destination, lane_key, cause, reason, since, until } = row as Record<string, string>;
  return {
    destination: destination as string,
    ...(lane_key === "" ? {} : { laneKey: lane_key as string }),
    cause: cause as Pause["cause"],
    reason: reason as string,
    since: Number(since),
    ...(until === null ? {} : { until: Number(until) }),
  };
}

/** A claim of a row of the `due` statement, once it is leased. */
export function claimFrom(row: Row, lease: { token: string; until: number; now: number }): Claim {
  const event = eventFrom(row, row["event_id"]);
  const body = bytesOf(row["body"]);
  const whole = event.inDecoded || (event.start === 0 && event.end === body.length);
  return {
    deliveryId: idOf(row),
    attempt: (row["attempts"] as number) + 1,
    event,
    body: whole ? body : body.subarray(event.start, event.end),
    headers: headersFrom(row["headers"]),
    method: row["method"] as string,
    query: row["query"] as string,
    lease: lease.token,
    leasedUntil: lease.until,
    destination: row["destination"] as string,
    firstAttemptAt: (row["first_attempt_at"] as number | null) ?? lease.now,
  };
}

/** Bytes of a BLOB column, without a copy. */
export function bytesOf(value: unknown): Buffer {
  if (!(value instanceof Uint8Array)) return Buffer.alloc(0);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** Ids of a request's events. */
export function idsFrom(text: unknown): readonly string[] {
  return typeof text === "string" && text !== "" ? text.split(",") : [];
}

function idOf(row: Row): string {
  return deliveryId(
    row["event_id"] as string,
    row["destination"] as string,
    row["number"] as number,
  );
}

function headersFrom(text: unknown): string[] {
  return typeof text === "string" && text !== "" ? text.split("\n") : [];
}

function paramsFrom(text: unknown): PathParams {
  return typeof text === "string" ? (JSON.parse(text) as PathParams) : {};
}
