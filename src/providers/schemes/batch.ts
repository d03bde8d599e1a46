/**
 * Senders that tell several events in a request. Each item becomes an event of its own: its bytes are the
 * item's, and what names and dates it is read from those bytes. A body that isn't such a list (a sender's
 * test, a form of tomorrow) or that is a longer one than can be kept at once stays one event: nothing is lost.
 */
import type {
  BatchFacts,
  EventIdentity,
  IdentifyInput,
  ItemPlace,
  SampleContext,
} from "../../core/types.ts";
import { parseJson, textAt } from "../../kit/json-path.ts";
import { type ByteRange, rangesAt } from "../../kit/json-ranges.ts";
import { isBound, lowered, type RequestView, select } from "./hmac-plan.ts";
import type { Selector } from "./hmac-settings.ts";
import { bySignedId, byUnsignedId, identityOf, plainText, typeFrom } from "./identity.ts";
import { formatTimestamp, parseTimestamp, type TimestampUnit } from "./timestamp.ts";

/** Of an item: a field of it (`json`), of what is around it (`around`), or something of its request. */
export type ItemSelector = Selector | { readonly around: string };

/** A sender's batches as data. */
export type Batch = {
  /** The items' path, `*` being each element of a list; of several the first that leads to items counts. */
  readonly items: string | readonly string[];
  /** Unique per event; several fields are an id together only, and the first must be there. */
  readonly id?: ItemSelector | readonly ItemSelector[];
  /** Several are joined by full stops. */
  readonly type?: ItemSelector | readonly ItemSelector[];
  readonly time?: ItemSelector & { readonly unit?: TimestampUnit };
};

const usualType: ItemSelector = { json: "type" };

/** What a request's items are read from beside their own bytes. */
type Around = { readonly view: RequestView; readonly covered: boolean };

/** Items of a batch. On AWS the ids of this many events fit into a request's item, beside its body and headers. */
export const mostItems = 4_000;

/** A sender's batches as documentation shows them. */
export function batchFacts({ items, id = [], type = usualType }: Batch): BatchFacts {
  return {
    items: [items].flat(),
    id: [id].flat().map(placeFacts),
    type: [type].flat().map(placeFacts),
  };
}

function placeFacts(place: ItemSelector): ItemPlace {
  if ("json" in place) return { item: place.json };
  return "around" in place ? { json: place.around } : place;
}

/**
 * The events of a batch; undefined where the body is none. `covered`: whether the signature covers the
 * whole body, so that an item's id counts alone.
 */
export function identifyItems(
  batch: Batch,
  input: IdentifyInput,
  covered: boolean,
): readonly EventIdentity[] | undefined {
  const { request, body, payload } = input;
  if (payload() === undefined) return undefined;
  const ranges = itemRanges(batch, body);
  if (ranges === undefined) return undefined;
  const { method, path, headers, query } = request;
  const view: RequestView = { method, path, headers, query, body, payload, url: undefined };
  return ranges.map((range) => identifyItem(batch, { view, covered }, range));
}

/** Where the items stand in a body, which must be JSON. */
export function itemRanges(batch: Batch, body: Buffer): readonly ByteRange[] | undefined {
  for (const path of [batch.items].flat()) {
    const ranges = rangesAt(body, path, mostItems);
    if (ranges !== undefined) return ranges;
  }
  return undefined;
}

function identifyItem(batch: Batch, around: Around, range: ByteRange): EventIdentity {
  const { view } = around;
  const item = parseJson(view.body.subarray(range.start, range.end));
  const read = (place: ItemSelector): string | undefined => textOf(place, item, view);
  const id = idOf(batch, around, item);
  const types = [batch.type ?? usualType].flat().map(read);
  const { time } = batch;
  const identity = identityOf({
    type: typeFrom(types.filter((part) => part !== undefined).join(".")),
    dedupe: id?.isSigned ? bySignedId(id.text) : byUnsignedId(id?.text),
    id: id?.text,
    occurredAt: time && parseTimestamp(read(time) ?? "", time.unit ?? "s"),
  });
  return { ...identity, range };
}

function textOf(place: ItemSelector, item: unknown, view: RequestView): string | undefined {
  if ("json" in place) return textAt(item, place.json);
  return "around" in place ? textAt(view.payload(), place.around) : select(view, lowered(place));
}

/** An id, where its first part is there. A part that isn't the item's own is never taken for signed. */
function idOf(
  { id }: Batch,
  { view, covered }: Around,
  item: unknown,
): { readonly text: string; readonly isSigned: boolean } | undefined {
  if (id === undefined) return undefined;
  const places = [id].flat();
  const parts = places.map((place) => textOf(place, item, view));
  if (parts[0] === undefined) return undefined;
  const text = plainText(parts.join(".").replace(/\.+$/, ""));
  const plan = { content: [], coversBody: covered };
  const isSigned = places.every(
    (place, at) => "json" in place && isBound({ ...plan, id: place }, parts[at] ?? "", () => item),
  );
  return text === undefined ? undefined : { text, isSigned };
}

/** A payload with one item that has the id, type and time asked for, where the sender has them. */
export function genericBatch(batch: Batch, type: string, { id, now }: SampleContext): unknown {
  const item: Record<string, unknown> = { note: "a sample event of surehook send" };
  const around: Record<string, unknown> = {};
  const put = (place: ItemSelector, value: unknown): void => {
    if ("json" in place) setAt(item, place.json, value);
    else if ("around" in place) setAt(around, place.around, value);
  };
  for (const place of [batch.id ?? []].flat()) put(place, id);
  const places = [batch.type ?? usualType].flat();
  const parts = type.split(".");
  for (const [at, place] of places.entries()) {
    const part = at === places.length - 1 ? parts.slice(at).join(".") : parts[at];
    if (part !== undefined && part !== "") put(place, part);
  }
  const { time } = batch;
  if (time) {
    const text = formatTimestamp(now, time.unit ?? "s");
    put(time, time.unit === "rfc3339" ? text : Number(text));
  }
  return wrapped(item, ([batch.items].flat()[0] as string).split("."), around);
}

/** The item at its path; what is around it stands at the top. */
function wrapped(
  item: unknown,
  [step, ...rest]: readonly string[],
  around: Readonly<Record<string, unknown>> = {},
): unknown {
  if (step === undefined) return item;
  const inner = wrapped(item, rest);
  return step === "*" ? [inner] : { ...around, [step]: inner };
}

function setAt(target: object, path: string, value: unknown): void {
  const steps = path.split(".");
  const last = steps.pop() as string;
  let at = target as Record<string, unknown>;
  for (const [place, step] of steps.entries()) {
    at[step] ??= /^\d+$/.test(steps[place + 1] ?? last) ? [] : {};
    at = at[step] as Record<string, unknown>;
  }
  at[last] = value;
}
