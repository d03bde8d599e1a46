/**
 * What an item holds, and where it is kept.
 *
 *   `<source>#!<dedupe key>`   an event whose repeats are recognised while its item is there
 *   `<source>#=<id>`           a request (and its event, where that goes by the same id)
 *   `<source>#~<id>`           an event of a request that tells several
 *   `<source>#+<id>`           a receipt of a duplicate, or a rejected request
 *   `~…`                       what belongs to no source: pauses, values, rates, days
 */
import { hash } from "node:crypto";
import type { KeptRequest, NewEvent } from "../../core/engine.ts";
import type { DeliveryState, RequestOutcome } from "../../core/lifecycle.ts";
import { isFinal } from "../../core/lifecycle.ts";
import type { Answer, Assurance, Attempt, Event, Request } from "../../core/types.ts";
import type { Field, Fields } from "./queries.ts";

/** A request as an item holds it, beside its body. */
export type RequestFacts = Omit<Request, "body"> & {
  readonly outcome: RequestOutcome;
  readonly assurance?: Assurance | undefined;
  readonly code?: Exclude<KeptRequest["code"], undefined>;
  readonly detail?: string;
  readonly bodyBytes: number;
  readonly eventIds: readonly string[];
  /** The request whose body is the same, where it isn't kept twice. */
  readonly original?: { readonly pk: string; readonly id: string };
  /** Tells a repeat of the same acceptance from another request of the same id. */
  readonly planned?: string;
};

/** A delivery as its event's item holds it. Times as in `Delivery`. */
export type KeptDelivery = {
  readonly id: string;
  readonly destination: string;
  readonly state: DeliveryState;
  readonly origin: "route" | "replay";
  readonly attempts: number;
  readonly createdAt: number;
  readonly dueAt: number;
  readonly firstAttemptAt?: number | undefined;
  readonly settledAt?: number;
  readonly reason?: string | undefined;
  readonly laneKey?: string;
  readonly lease?: string | undefined;
  readonly leasedUntil?: number | undefined;
  /** Leases in a row that ended without a settlement. */
  readonly lost?: number;
  /** When the sweep looks at it, unless it has gone on by then. */
  readonly lookAt: number;
  readonly isArchived?: boolean;
  readonly log: readonly Omit<Attempt, "deliveryId">[];
};

/** What a request that tells several events still has to open. */
export type EventPlan = { readonly acceptedAt: number; readonly events: readonly NewEvent[] };

/** An item of a request, an event, or (`whole`) of both in one. */
export type Item = {
  readonly pk: string;
  readonly rev: number;
  readonly id: string;
  readonly kind: "whole" | "request" | "event";
  readonly day: string;
  readonly at: string;
  readonly request?: RequestFacts | undefined;
  readonly event?: Event | undefined;
  readonly deliveries: readonly KeptDelivery[];
  readonly body?: Buffer | undefined;
  /** Where in the bucket the body is, if it isn't here. */
  readonly bodyRef?: string | undefined;
  /** When the body was last made to last longer, since something still waits for it. */
  readonly renewedAt?: number | undefined;
  /** Of an event: its request's item. */
  readonly requestPk?: string | undefined;
  /** Of the event's bytes. */
  readonly hash?: string | undefined;
  readonly answer?: Answer | undefined;
  readonly dedupeUntil?: number | undefined;
  readonly plan?: EventPlan | undefined;
  readonly planRef?: string | undefined;
  readonly shard?: string | undefined;
  readonly nextDueAt?: number | undefined;
  readonly ttl?: number | undefined;
};

/** Attributes that are JSON. */
const inJson = ["request", "event", "deliveries", "answer", "plan"] as const;

/** An item's attributes. */
export function toFields(item: Item): Fields & { readonly pk: string; readonly rev: number } {
  const texts = inJson.map((name) => [name, jsonOf(item, name)]);
  return { ...plainOf(item), pk: item.pk, rev: item.rev, ...Object.fromEntries(texts) };
}

/** What is an attribute as it is. */
function plainOf(item: Partial<Item>): Fields {
  const { request, event, deliveries, answer, plan, ...plain } = item;
  return plain;
}

function jsonOf(item: Partial<Item>, name: (typeof inJson)[number]): Field {
  const value = item[name];
  if (value === undefined || (name === "deliveries" && item.deliveries?.length === 0))
    return undefined;
  return JSON.stringify(value);
}

/** Changes of an item as attributes. */
export function toChanges(changes: Partial<Item>): Fields {
  const texts = inJson
    .filter((name) => name in changes)
    .map((name) => [name, jsonOf(changes, name)]);
  return { ...plainOf(changes), ...Object.fromEntries(texts) };
}

/** The item of attributes. Indexes copy a part of it. */
export function fromFields(fields: Fields): Item {
  const parsed = inJson.map((name) => {
    const text = fields[name];
    return [name, typeof text === "string" ? JSON.parse(text) : undefined];
  });
  const { body } = fields;
  return {
    ...(fields as unknown as Item),
    ...Object.fromEntries(parsed),
    deliveries: parsed.find(([name]) => name === "deliveries")?.[1] ?? [],
    ...(body instanceof Uint8Array
      ? { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }
      : {}),
  };
}

/** A key's bytes are at most 2048, a sender's id may be longer, and lone surrogates have no bytes of their own. */
const mostKeyBytes = 1_024;

/** The key of an event: by what makes its repeats recognisable, else by its id. */
export function eventKey({ event, dedupe }: NewEvent, isWhole: boolean): string {
  if (dedupe === undefined) return restingKey(event, isWhole);
  const { key } = dedupe;
  const fits = key.isWellFormed() && Buffer.byteLength(key) <= mostKeyBytes;
  const text = fits ? key : `#${hash("sha256", Buffer.from(key, "utf16le"), "base64url")}`;
  return `${event.source}#!${text}`;
}

/** The key of an event that holds no dedupe key, or not any more. */
export function restingKey({ source, id }: Pick<Event, "source" | "id">, isWhole: boolean): string {
  return `${source}#${isWhole ? "=" : "~"}${id}`;
}

/** The key of a request that tells several events. */
export function requestKey({ source, id }: Pick<Request, "source" | "id">): string {
  return `${source}#=${id}`;
}

/** The key of a receipt or a rejected request. */
export function receiptKey({ source, id }: Pick<Request, "source" | "id">): string {
  return `${source}#+${id}`;
}

/** The key in a delivery's id; undefined where it isn't one. Names of destinations have no dot. */
export function deliveryKey(
  id: string,
): { readonly eventId: string; readonly destination: string; readonly number: number } | undefined {
  const [, eventId, destination, number] = /^(.+)\.([^.]+)\.(\d+)$/.exec(id) ?? [];
  if (eventId === undefined || destination === undefined) return undefined;
  return { eventId, destination, number: Number(number) };
}

/** A number from 0 for an id, the same each time. */
export function shardOf(id: string, shards: number): number {
  let sum = 7;
  for (let at = 0; at < id.length; at += 1) sum = (sum * 31 + id.charCodeAt(at)) >>> 0;
  return sum % shards;
}

/** The partition of a day's listing that something belongs to. */
export function dayOf(receivedAt: number, id: string, shards: number): string {
  return `${new Date(receivedAt).toISOString().slice(0, 10)}#${shardOf(id, shards)}`;
}

/** Its place there. */
export function placeOf(receivedAt: number, id: string): string {
  return `${momentOf(receivedAt)}#${id}`;
}

/** A time as text that sorts. */
export function momentOf(time: number): string {
  return String(time).padStart(13, "0");
}

/** Whether something is still to be done about a delivery: an attempt, or its archive. */
export function isOwing({ state, isArchived }: KeptDelivery): boolean {
  return !isFinal(state) || (state === "dead" && isArchived !== true);
}

/** How items are kept. */
export type Keeping = { readonly retentionMs: number; readonly shards: number };

/**
 * Deliveries with what follows from them for the item: when the sweep looks at it, or, where nothing is owed, when
 * it may go. What still waits has no end.
 */
export function withDeliveries(
  item: Pick<Item, "id" | "event" | "dedupeUntil">,
  deliveries: readonly KeptDelivery[],
  { retentionMs, shards }: Keeping,
): Pick<Item, "deliveries" | "shard" | "nextDueAt" | "ttl"> {
  const owing = deliveries.filter(isOwing).map(({ lookAt }) => lookAt);
  if (owing.length > 0) {
    const shard = `w${shardOf(item.id, shards)}`;
    return { deliveries, shard, nextDueAt: Math.min(...owing), ttl: undefined };
  }
  const until = Math.max((item.event?.receivedAt ?? 0) + retentionMs, item.dedupeUntil ?? 0);
  return { deliveries, shard: undefined, nextDueAt: undefined, ttl: secondsOf(until) };
}

/** Seconds since 1970, as a time to live is. */
export function secondsOf(time: number): number {
  return Math.ceil(time / 1000);
}

/** The hash of an event's bytes; of the whole body where only its decoded form holds them. */
export function hashOf(body: Buffer, { start, end, inDecoded }: Event): string {
  return hash("sha256", inDecoded ? body : body.subarray(start, end), "base64url");
}
