/**
 * Which headers a delivery carries. The sender's end-to-end headers go on as they were, so that a
 * consumer that checks the sender's own signature keeps working behind the gateway. What doesn't go on:
 * headers of one connection, credentials, what proxies say of the client, and names that are ours.
 *
 * `webhook-id`, `webhook-timestamp` and `webhook-signature` belong together. They are ours, unless we
 * don't sign and the sender did: then all three are the sender's, since a consumer checks them with the
 * sender's key. `surehook-event-id` is our id in either case.
 */

import type { Parcel, RawHeaders } from "../core/types.ts";
import { asciiValue, forwardedValue, isHeaderName } from "../kit/header-value.ts";
import { headerOf, headersOf, isCredential } from "../kit/raw-headers.ts";

const withheld = new Set([
  // Of one connection (RFC 9110, 7.6.1), or of this request's framing.
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "host",
  "content-length",
  "expect",
  // Judged by the body, below.
  "content-encoding",
  // The sender's wishes for an answer that it doesn't get.
  "accept-encoding",
  // What proxies say of the client.
  "forwarded",
  "via",
  "x-real-ip",
]);

const withheldPrefix = /^(x-forwarded-|surehook-)/;

const standardNames = new Set(["webhook-id", "webhook-timestamp", "webhook-signature"]);

/** Spellings of names are few; past this many a sender is inventing them. */
const rememberedNames = 500;

type Fate = "forwarded" | "withheld" | "standard";

/** Whether a config may set a header itself. */
export function isSettable(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    isHeaderName(name) &&
    (lower === "content-encoding" || lower === "accept-encoding" || !withheld.has(lower)) &&
    !withheldPrefix.test(lower) &&
    !standardNames.has(lower)
  );
}

/** A function that lists what is forwarded of the sender's headers; `fixed` are lower-case names that the config sets itself. */
export function headerForwarder(
  fixed: ReadonlySet<string>,
): (parcel: Parcel, keepsStandard: boolean) => string[] {
  const fateOf = rememberedFates(fixed);
  return ({ headers, body }, keepsStandard) => {
    const bound = connectionBound(headers);
    const out: string[] = [];
    for (let at = 0; at + 1 < headers.length; at += 2) {
      const name = headers[at] as string;
      const fate = fateOf(name);
      if (fate === "withheld" || (fate === "standard" && !keepsStandard)) continue;
      const value = forwardedValue(headers[at + 1] as string);
      if (value !== undefined && !bound?.has(name.toLowerCase())) out.push(name, value);
    }
    const encoding = fixed.has("content-encoding") ? undefined : encodingOf(headers, body);
    return encoding === undefined ? out : out.concat("content-encoding", encoding);
  };
}

/** Whether the sender signed by Standard Webhooks itself. */
export function hasStandardSignature(headers: RawHeaders): boolean {
  return headerOf(headers, "webhook-signature") !== undefined;
}

/** Our headers of one delivery, but those of Standard Webhooks. */
export function surehookHeaders({ event, deliveryId, attempt }: Parcel): string[] {
  return [
    "surehook-event-id",
    event.id,
    "surehook-event-type",
    asciiValue(event.type),
    "surehook-source",
    event.source,
    "surehook-delivery",
    deliveryId,
    "surehook-attempt",
    String(attempt),
  ];
}

function rememberedFates(fixed: ReadonlySet<string>): (spelled: string) => Fate {
  const fates = new Map<string, Fate>();
  return (spelled) => {
    const known = fates.get(spelled);
    if (known !== undefined) return known;
    const fate = decide(spelled, fixed);
    if (fates.size < rememberedNames) fates.set(spelled, fate);
    return fate;
  };
}

function decide(spelled: string, fixed: ReadonlySet<string>): Fate {
  const name = spelled.toLowerCase();
  if (standardNames.has(name)) return "standard";
  const isWithheld =
    withheld.has(name) ||
    withheldPrefix.test(name) ||
    isCredential(name) ||
    fixed.has(name) ||
    !isHeaderName(name);
  return isWithheld ? "withheld" : "forwarded";
}

/** Names that the sender's `Connection` header binds to its own connection. */
function connectionBound(headers: RawHeaders): ReadonlySet<string> | undefined {
  const connection = headersOf(headers, "connection").join(",").toLowerCase();
  if (connection === "" || connection === "keep-alive" || connection === "close") return undefined;
  return new Set(connection.split(",").map((token) => token.trim()));
}

/**
 * `Content-Encoding` describes the body as it was sent. An event may be decoded, or a part of a batch;
 * it is the body as sent if it has the length that the sender declared.
 */
function encodingOf(headers: RawHeaders, body: Buffer): string | undefined {
  const encoding = headerOf(headers, "content-encoding");
  if (encoding === undefined || headerOf(headers, "content-length") !== String(body.length)) {
    return undefined;
  }
  return forwardedValue(encoding);
}
