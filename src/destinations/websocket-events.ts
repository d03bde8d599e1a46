/** What live clients are sent, and what they say: docs/websocket.md is the protocol in words. */
import { isUtf8 } from "node:buffer";
import * as z from "zod";
import type { KeptEvent } from "../core/history.ts";
import type { Event } from "../core/types.ts";
import { matchesGlob } from "../kit/glob.ts";
import { websocketFrame } from "../kit/websocket-frame.ts";

/** Events in JSON frames, topics, resume. */
export const framedProtocol = "surehook.v1";
/** The bare payload, for clients that must ask for something. */
export const bareProtocol = "surehook.bare";

/** Which types a client wants. Clients of the same topics share their frames, by `key`. */
export type Topics = { readonly key: string; readonly fits: (type: string) => boolean };

/** All types. */
export const everything: Topics = { key: "*", fits: () => true };

/** Topics of globs. */
export function topicsOf(globs: readonly string[]): Topics {
  const sorted = globs.toSorted();
  return {
    key: sorted.join("\n"),
    fits: (type) => sorted.some((glob) => matchesGlob(glob, type)),
  };
}

/** An event on its way to live clients. Its frames are made when the first client needs them. */
export class LiveEvent {
  readonly deliveryId: string;
  readonly event: Event;
  readonly #body: Buffer;
  #bare: Buffer | undefined;
  #framed: Buffer | undefined;

  constructor(deliveryId: string, { event, body }: KeptEvent) {
    this.deliveryId = deliveryId;
    this.event = event;
    this.#body = body;
  }

  /** Bytes of its payload. */
  get bytes(): number {
    return this.#body.length;
  }

  /** The payload's bytes: text where they are UTF-8. */
  get bare(): Buffer {
    this.#bare ??= websocketFrame(this.#body, isUtf8(this.#body));
    return this.#bare;
  }

  /** The event as JSON, with its payload. */
  get framed(): Buffer {
    this.#framed ??= websocketFrame(framedBytes(headOf(this.event), this.#body), true);
    return this.#framed;
  }
}

/** Events that go out together, so that each client costs one write. */
export class LiveBatch {
  readonly events: readonly LiveEvent[];
  readonly #made = new Map<string, readonly Buffer[]>();

  constructor(events: readonly LiveEvent[]) {
    this.events = events;
  }

  /** The frames for a client, in one buffer for all that want the same. */
  frames(topics: Topics | "bare"): readonly Buffer[] {
    const key = topics === "bare" ? "" : `=${topics.key}`;
    const known = this.#made.get(key);
    if (known) return known;
    const frames = framesOf(this.events, topics);
    const made = frames.length > 1 ? [Buffer.concat(frames)] : frames;
    this.#made.set(key, made);
    return made;
  }
}

/** The frames of those events that are wanted. */
export function framesOf(events: readonly LiveEvent[], topics: Topics | "bare"): readonly Buffer[] {
  if (topics === "bare") return events.map((one) => one.bare);
  return events.filter(({ event }) => topics.fits(event.type)).map((one) => one.framed);
}

/** What `surehook.v1` tells of an event beside its payload. */
export type EventHead = Pick<Event, "id" | "providerEventId" | "source" | "provider" | "type"> & {
  /** ISO 8601. */
  readonly timestamp: string;
};

/** The head of an event. */
export function headOf(event: Event): EventHead {
  const { id, providerEventId, source, provider, type } = event;
  return { id, providerEventId, source, provider, type, timestamp: timestampOf(event) };
}

/** An event in JSON. A payload that is JSON goes in byte for byte; other text as a string, other bytes as base64. */
export function framedBytes(told: EventHead, body: Buffer): Buffer {
  const head = JSON.stringify(told).slice(0, -1);
  if (isJson(body)) {
    return Buffer.concat([Buffer.from(`${head},"payload":`), body, Buffer.from("}")]);
  }
  const isText = isUtf8(body);
  const payload = JSON.stringify(body.toString(isText ? "utf8" : "base64"));
  return Buffer.from(`${head},"payload":${payload},"encoding":"${isText ? "text" : "base64"}"}`);
}

/** A sender may name a moment that no date can. */
function timestampOf({ occurredAt, receivedAt }: Event): string {
  const told = new Date(occurredAt ?? receivedAt);
  return (Number.isNaN(told.getTime()) ? new Date(receivedAt) : told).toISOString();
}

function isJson(body: Buffer): boolean {
  if (!isUtf8(body)) return false;
  try {
    JSON.parse(body.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

const saying = z
  .strictObject({
    subscribe: z.array(z.string().min(1).max(200)).max(20).optional(),
    resume: z.string().min(1).max(200).optional(),
  })
  .refine(({ subscribe, resume }) => subscribe !== undefined || resume !== undefined);

/** What a client of `surehook.v1` asks for. */
export type Saying = z.output<typeof saying>;

/** Reads what a client said; undefined where it isn't of the protocol. */
export function readSaying(text: string): Saying | undefined {
  try {
    return saying.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The frame of an answer to a client. */
export function answerFrame(answer: Readonly<Record<string, unknown>>): Buffer {
  return websocketFrame(Buffer.from(JSON.stringify(answer)), true);
}
