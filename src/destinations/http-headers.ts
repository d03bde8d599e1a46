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

type Fate = "forwarded" | "withheld" | "standard" | "encoding";

/** Whether a config may set a header itself. */
export function isSettable(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    isHeaderName(name) &&
    (lower === "accept-encoding" || !withheld.has(lower)) &&
    !withheldPrefix.test(lower) &&
    !standardNames.has(lower)
  );
}

/** A function that lists what is forwarded of the sender's headers; `fixed` are lower-case names that the config sets itself. */
export function headerForwarder(
  fixed: ReadonlySet<string>,
): (parcel: Parcel, keepsStandard: boolean) => string[] {
  const fateOf = rememberedFates(fixed);
  return ({ headers, event }, keepsStandard) => {
    const bound = connectionBound(headers);
    const isSkipped: Readonly<Record<Fate, boolean>> = {
      forwarded: false,
      withheld: true,
      standard: !keepsStandard,
      // It describes the body as sent; an item of a compressed batch has been decoded.
      encoding: event.inDecoded,
    };
    const out: string[] = [];
    for (let at = 0; at + 1 < headers.length; at += 2) {
      const name = headers[at] as string;
      if (isSkipped[fateOf(name)] || bound?.has(name.toLowerCase())) continue;
      const value = forwardedValue(headers[at + 1] as string);
      if (value !== undefined) out.push(name, value);
    }
    return out;
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
  if (isWithheld) return "withheld";
  return name === "content-encoding" ? "encoding" : "forwarded";
}

/** Names that the sender's `Connection` header binds to its own connection. */
function connectionBound(headers: RawHeaders): ReadonlySet<string> | undefined {
  const connection = headersOf(headers, "connection").join(",").toLowerCase();
  if (connection === "" || connection === "keep-alive" || connection === "close") return undefined;
  return new Set(connection.split(",").map((token) => token.trim()));
}
