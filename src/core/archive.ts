import { hash } from "node:crypto";
import { headerPairs, isCredential } from "../kit/raw-headers.ts";
import { formatRfc3339 } from "../kit/rfc3339.ts";
import type { Attempt, Delivery, Event, RawHeaders } from "./types.ts";

/** File systems take names of 255 bytes; behind a segment there may stand a destination, our id and `.json`. */
const longestSegment = 120;

/**
 * Keeps `A-Z a-z 0-9 . _ -`, percent-encodes every other byte of UTF-8, and `.` and `..` whole. What would
 * be longer than a file's name can be is cut, and told apart by its hash.
 */
export function pathSegment(text: string): string {
  if (text === "." || text === "..") return text.replaceAll(".", "%2E");
  const encoded = percentEncoded(text);
  if (encoded.length <= longestSegment) return encoded;
  const digest = hash("sha256", text, "hex").slice(0, 32);
  return `${encoded.slice(0, longestSegment - digest.length - 1)}~${digest}`;
}

function percentEncoded(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (byte < 0x80 && /[A-Za-z0-9._-]/.test(char)) return char;
      return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

/** `{provider}/{year}/{month}/{day}` of an event, by its UTC date of arrival. */
export function archiveFolder(event: Event): string {
  const [date = ""] = formatRfc3339(event.receivedAt).split("T");
  return [pathSegment(event.provider), ...date.split("-")].join("/");
}

/**
 * Names for a dead delivery's file, the first free one to be taken: `{eventId}.json`, for a second
 * destination `{eventId}.{destination}.json`, and with our own id where two events share the sender's.
 */
export function archiveNames(event: Event, destination: string): readonly string[] {
  const id = pathSegment(event.providerEventId ?? event.id);
  const to = pathSegment(destination);
  return [`${id}.json`, `${id}.${to}.json`, `${id}.${to}.${event.id}.json`];
}

/** What the archive keeps of a delivery that died. */
export type ArchiveInput = {
  readonly event: Event;
  readonly delivery: Delivery;
  readonly attempts: readonly Attempt[];
  readonly headers: RawHeaders;
  readonly body: Buffer;
};

/** The archive file's content. The payload is text where it is UTF-8, else base64. */
export function archiveRecord(input: ArchiveInput): Record<string, unknown> {
  const { event, delivery, attempts, headers, body } = input;
  const text = body.toString("utf8");
  const payload = Buffer.from(text, "utf8").equals(body)
    ? { payload: text }
    : { payloadBase64: body.toString("base64") };
  return {
    eventId: event.providerEventId ?? event.id,
    jobId: event.id,
    provider: event.provider,
    source: event.source,
    type: event.type,
    occurredAt: event.occurredAt,
    receivedAt: event.receivedAt,
    params: event.params,
    destination: delivery.destination,
    deliveryId: delivery.id,
    reason: delivery.reason,
    headers: headerPairs(headers).filter(([name]) => !isCredential(name)),
    attempts,
    ...payload,
  };
}
