/** What a sender's events are named and dated by, as data: read where they come in, and written where they are signed. */
import type {
  EventIdentity,
  IdentifyInput,
  ProviderFacts,
  SchemeFacts,
  SignInput,
} from "../../core/types.ts";
import { type Batch, batchFacts, genericBatch, identifyItems } from "./batch.ts";
import { instantOf, isBound, lowered, type RequestView, select } from "./hmac-plan.ts";
import type { ContentPiece, InstantSelector, Selector } from "./hmac-settings.ts";
import { type Draft, put } from "./hmac-sign.ts";
import {
  bySignedId,
  byUnsignedId,
  identityOf,
  plainText,
  typeFrom,
  typeParts,
} from "./identity.ts";
import { formatTimestamp, parseTimestamp } from "./timestamp.ts";

/** What names and dates an event. An `id` is given only where it is unique per event. */
export type Names = {
  readonly id?: Selector;
  /** Several are joined by full stops. */
  readonly type?: Selector | readonly Selector[];
  readonly time?: InstantSelector;
};

/** What names and dates the events of a sender: one a request, or the items of its batches. */
export type Telling = Names & {
  /** Where a body isn't such a list, it is one event, by the names beside. */
  readonly batch?: Batch;
};

/** What a signature covers. */
type Covered = { readonly content: readonly ContentPiece[]; readonly coversBody: boolean };

/** How a sender's events are named and dated; `scheme` is missing where no signature covers anything. */
export function tellingOf(
  { batch, ...names }: Telling,
  scheme?: Covered,
): Pick<ProviderFacts, "identify" | "batch" | "generic"> {
  const single = (input: IdentifyInput): EventIdentity => identifyBy(names, input, scheme);
  if (batch === undefined) return { identify: single };
  const covered = scheme?.coversBody ?? false;
  return {
    batch: batchFacts(batch),
    identify: (input) => identifyItems(batch, input, covered) ?? single(input),
    generic: (type, context) => genericBatch(batch, type, context),
  };
}

/** Where id and type stand, as documentation shows it. */
export function nameFacts({
  id,
  type,
}: {
  readonly id: Names["id"] | undefined;
  readonly type: Names["type"] | undefined;
}): NameFacts {
  return { ...(id === undefined ? {} : { id }), type: [type ?? { json: "type" }].flat() };
}

type NameFacts = Required<Pick<SchemeFacts, "type">> & Pick<SchemeFacts, "id">;

/** Puts id, type and time where headers or the query have them; the body is the caller's. */
export function putNames(draft: Draft, { id, type, time }: Names, input: SignInput): void {
  if (id && !("json" in id)) put(draft, id, input.id);
  const places = [type ?? []].flat();
  const parts = typeParts(input.type, places.length);
  for (const [at, place] of places.entries()) {
    const part = parts[at];
    if (part !== undefined && !("json" in place)) put(draft, place, part);
  }
  if (time && !("json" in time)) put(draft, time, formatTimestamp(input.now, time.unit ?? "s"));
}

/**
 * Names an event. An id counts alone only where the signature binds it (`isBound`): all of the body,
 * or a header that stands apart in what is signed. A token binds nothing.
 */
export function identifyBy(names: Names, input: IdentifyInput, scheme?: Covered): EventIdentity {
  const { request, body, payload } = input;
  const { method, path, headers, query } = request;
  const view: RequestView = { method, path, headers, query, body, payload, url: undefined };
  const place = names.id && lowered(names.id);
  const id = place && plainText(select(view, place));
  const bound =
    id !== undefined && scheme && isBound({ ...scheme, id: place as Selector }, id, payload);
  const time = names.time && instantOf(names.time);
  return identityOf({
    type: typeOf(names.type, view),
    dedupe: bound ? bySignedId(id) : byUnsignedId(id),
    id,
    occurredAt: time && parseTimestamp(select(view, time.at) ?? "", time.unit),
  });
}

function typeOf(type: Names["type"], view: RequestView): string {
  const parts = [type ?? { json: "type" }].flat().map((part) => select(view, lowered(part)));
  return typeFrom(parts.filter((part) => part !== undefined).join("."));
}
