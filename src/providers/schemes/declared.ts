/**
 * A provider as data: where its signature stands, how that is written, what it covers, and what names
 * and dates an event. `verify` and `sign` are made of the same data.
 */
import type { ZodRawShape } from "zod";
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import { GatewayError } from "../../core/errors.ts";
import type {
  EventIdentity,
  IdentifyInput,
  ProviderFacts,
  SchemeFacts,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../../core/types.ts";
import { parseJson } from "../../kit/json-path.ts";
import { headersOf } from "../../kit/raw-headers.ts";
import { type Batch, genericBatch, identifyItems, itemPaths } from "./batch.ts";
import { greeting, type HandshakeShape, handshakeMarks, isChallenge } from "./handshakes.ts";
import { coversBody } from "./hmac-conflicts.ts";
import { contentOf, instantOf, isBound, lowered, type RequestView, select } from "./hmac-plan.ts";
import type { ContentPiece, InstantSelector, Selector } from "./hmac-settings.ts";
import { type Draft, defaultHeader, put, viewOf } from "./hmac-sign.ts";
import {
  bySignedId,
  byUnsignedId,
  identityOf,
  plainText,
  typeFrom,
  typeParts,
} from "./identity.ts";
import { type Seal, type SealData, sealOf } from "./seal.ts";
import {
  formatTimestamp,
  judgeTimestamp,
  parseTimestamp,
  type TimestampUnit,
} from "./timestamp.ts";
import { type Rejection, rejected } from "./verdict.ts";

/** What is known of a sender beside its scheme. */
export type Known = Pick<
  ProviderFacts,
  | "acceptAnswer"
  | "name"
  | "title"
  | "docs"
  | "evidence"
  | "addresses"
  | "deadlineSeconds"
  | "maxBodyBytes"
  | "notCovered"
  | "rejectStatus"
  | "retries"
  | "toleranceSeconds"
>;

/** Handshakes, and the options that they need. */
export type Greets = {
  readonly handshakes?: readonly HandshakeShape[];
  readonly settings?: ZodRawShape;
};

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

/** A provider as data. */
export type Declaration = Known &
  Telling &
  Greets & {
    readonly signature: SealData & Place & Spelling;
    /** What is signed, in order; default the body. */
    readonly content?: readonly ContentPiece[];
    /** The signed instant: somewhere of its own, or an entry beside the signature that begins so. */
    readonly timestamp?:
      | InstantSelector
      | { readonly prefix: string; readonly unit?: TimestampUnit };
  };

/** Where the signature stands. Of several headers each may carry some. */
export type Place =
  | { readonly header: string | readonly string[] }
  | { readonly query: string }
  | { readonly field: string };

type Spelling = {
  /** What stands before a signature, such as `sha256=`; entries that begin otherwise are ignored. */
  readonly prefix?: string;
  /** What parts several signatures, or signature and timestamp: any of these characters. */
  readonly separator?: string;
};

type Parsed = { readonly signatures: readonly string[]; readonly timestamp?: string };

/** The declaration made ready. */
type Scheme = {
  readonly places: readonly Selector[];
  readonly seal: Seal;
  readonly prefix: string;
  readonly separator: string | undefined;
  readonly content: readonly ContentPiece[];
  readonly coversBody: boolean;
  readonly stamp: Stamp | undefined;
  readonly names: Names;
  readonly handshakes: readonly HandshakeShape[];
};

type Stamp = { readonly unit: TimestampUnit } & (
  | { readonly at: Selector; readonly prefix?: never }
  | { readonly prefix: string; readonly at?: never }
);

/** Makes a provider of a declaration. */
/* @__NO_SIDE_EFFECTS__ */
export function declareProvider<Options = object>(
  declaration: Declaration,
): ProviderFunction<Options> {
  const {
    signature,
    content,
    timestamp,
    id,
    type,
    time,
    batch,
    handshakes = [],
    ...known
  } = declaration;
  const scheme = schemeOf(declaration);
  const facts: SchemeFacts = {
    place: placeFacts(signature),
    algorithm: scheme.seal.algorithm,
    key: scheme.seal.key,
    dated: timestamp !== undefined,
    coversBody: scheme.coversBody,
    signed: (content ?? ["body"]).map(wordsFor).join(" "),
    ...nameFacts({ id, type }),
  };
  return defineProvider<Options>({
    ...known,
    ...greeting(handshakes),
    scheme: facts,
    ...(scheme.coversBody ? {} : { assurance: "authenticated" as const }),
    marks: () => [...marksOf(scheme.places), ...handshakeMarks(handshakes)],
    signsUrl: () => scheme.content.includes("url"),
    verify: (input) => verify(scheme, input),
    sign: (input) => sign(scheme, input),
    ...tellingOf(declaration, scheme),
  });
}

/** How a sender's events are named and dated; `scheme` is missing where no signature covers anything. */
export function tellingOf(
  { batch, ...names }: Telling,
  scheme?: Pick<Scheme, "content" | "coversBody">,
): Pick<ProviderFacts, "identify" | "batch" | "generic"> {
  const single = (input: IdentifyInput): EventIdentity => identifyBy(names, input, scheme);
  if (batch === undefined) return { identify: single };
  const covered = scheme?.coversBody ?? false;
  return {
    batch: { items: itemPaths(batch) },
    identify: (input) => identifyItems(batch, input, covered) ?? single(input),
    generic: (type, context) => genericBatch(batch, type, context),
  };
}

function schemeOf(declaration: Declaration): Scheme {
  const { signature, timestamp } = declaration;
  const content = (declaration.content ?? ["body"]).map(lowered);
  return {
    places: selectorsOf(signature),
    seal: sealOf(signature),
    prefix: signature.prefix ?? "",
    separator: signature.separator,
    content,
    coversBody: coversBody(content),
    stamp: timestamp && stampOf(timestamp),
    names: declaration,
    handshakes: declaration.handshakes ?? [],
  };
}

function stampOf(timestamp: NonNullable<Declaration["timestamp"]>): Stamp {
  const { unit = "s" } = timestamp;
  return "prefix" in timestamp
    ? { prefix: timestamp.prefix, unit }
    : { at: instantOf(timestamp).at, unit };
}

/** The place as documentation shows it. */
export function placeFacts(place: Place): SchemeFacts["place"] {
  if ("query" in place) return { query: place.query };
  if ("field" in place) return { field: place.field };
  return { header: [place.header].flat()[0] as string };
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

function wordsFor(part: ContentPiece): string {
  if (typeof part === "string") return part;
  if ("literal" in part) return JSON.stringify(part.literal);
  if ("hash" in part) return `${part.hash}(body)`;
  if ("header" in part) return part.header;
  return "query" in part ? `?${part.query}` : `body.${part.json}`;
}

/** Every place that a signature or token may stand at. */
export function selectorsOf(place: Place): readonly Selector[] {
  if ("query" in place) return [{ query: place.query }];
  if ("field" in place) return [{ json: place.field }];
  return [place.header].flat().map((header) => ({ header }));
}

/** What marks a request of these places. */
export function marksOf(places: readonly Selector[]): readonly string[] {
  return places.flatMap((place) => {
    if ("header" in place) return [place.header.toLowerCase()];
    return "query" in place ? [`?${place.query}`] : [];
  });
}

function verify(scheme: Scheme, input: VerifyInput): Verdict {
  const view = requestView(input);
  const parsed = signaturesOf(scheme, view);
  if ("kind" in parsed) return parsed;
  const { stamp, seal } = scheme;
  const timestamp = parsed.timestamp ?? (stamp?.at && select(view, stamp.at));
  const content = contentOf(
    { content: scheme.content, timestamp: undefined },
    { ...view, timestamp },
  );
  if ("missing" in content) {
    return rejected("INVALID_FORMAT", `what is signed lacks ${content.missing}`);
  }
  if (isChallenge(scheme.handshakes, content.bytes)) {
    return rejected(
      "INVALID_SIGNATURE",
      "what is signed has the form of a challenge, whose signature anybody can ask for",
    );
  }
  const outside = stamp && judgeTimestamp(timestamp ?? "", stamp.unit, input);
  if (outside) return outside;
  const verdict = seal.judge(input, parsed.signatures, content.bytes);
  if (verdict.kind !== "verified" || scheme.coversBody) return verdict;
  return { kind: "authenticated", secret: verdict.secret };
}

/** A request as selectors read it. */
export function requestView(input: VerifyInput): RequestView & { readonly body: Buffer } {
  const { method, path, headers, query, body } = input.request;
  let parsed: { readonly value: unknown } | undefined;
  const payload = (): unknown => {
    parsed ??= { value: parseJson(body) };
    return parsed.value;
  };
  return { method, path, headers, query, body, url: input.url, payload };
}

/** Every signature of the right form, from every place. In a query a raw `+` of base64 arrives as a space. */
function signaturesOf(scheme: Scheme, view: RequestView): Parsed | Rejection {
  const given = scheme.places
    .flatMap((place) => textsAt(place, view))
    .filter((text) => text !== "");
  if (given.length === 0) {
    return rejected("MISSING_SIGNATURE", `no signature at ${JSON.stringify(scheme.places[0])}`);
  }
  const entries = given.flatMap((text) => entriesOf(scheme, text));
  const at = stampAt(scheme.stamp?.prefix, entries);
  const signatures = entries.flatMap((entry, place) => {
    if (place === at || !entry.startsWith(scheme.prefix)) return [];
    return scheme.seal.read(entry.slice(scheme.prefix.length)) ?? [];
  });
  if (signatures.length === 0) {
    const expected = `${scheme.prefix}<${scheme.seal.algorithm}>`;
    return rejected("INVALID_FORMAT", `the signature is not ${expected}`);
  }
  const stamp = scheme.stamp?.prefix;
  if (stamp === undefined) return { signatures };
  const timestamp = entries[at]?.slice(stamp.length) ?? "";
  const another = stamp !== "" && entries.some((entry) => isOther(entry, stamp, timestamp));
  return another
    ? rejected("INVALID_FORMAT", "more than one timestamp beside the signature")
    : { signatures, timestamp };
}

/** Which entry is the timestamp: the first that begins so. */
function stampAt(prefix: string | undefined, entries: readonly string[]): number {
  return prefix === undefined ? -1 : entries.findIndex((entry) => entry.startsWith(prefix));
}

function isOther(entry: string, prefix: string, timestamp: string): boolean {
  return entry.startsWith(prefix) && entry.slice(prefix.length) !== timestamp;
}

function textsAt(place: Selector, view: RequestView): readonly string[] {
  if ("header" in place) return headersOf(view.headers, place.header.toLowerCase());
  const text = select(view, place);
  if (text === undefined) return [];
  return ["query" in place ? text.replaceAll(" ", "+") : text];
}

function entriesOf({ separator }: Scheme, text: string): readonly string[] {
  if (separator === undefined) return [text];
  const first = separator[0] as string;
  const even = [...separator].reduce((all, sign) => all.replaceAll(sign, first), text);
  return even.split(first).map((entry) => entry.trimStart());
}

function sign(scheme: Scheme, input: SignInput): Signed {
  const { seal, stamp } = scheme;
  const place = scheme.places[0] as Selector;
  const timestamp = stamp && formatTimestamp(input.now, stamp.unit);
  const draft = draftOf(scheme, input);
  const content = contentOf(
    { content: scheme.content, timestamp: undefined },
    { ...viewOf(draft, input), timestamp },
  );
  if ("missing" in content) {
    throw new GatewayError("USAGE", `What is signed lacks ${content.missing}: give it.`);
  }
  const signature = scheme.prefix + seal.make(input.secret, content.bytes);
  const beside = stamp?.prefix === undefined ? "" : `${stamp.prefix}${timestamp}`;
  put(draft, place, beside === "" ? signature : `${beside}${scheme.separator?.[0]}${signature}`);
  return signedBy(draft, input);
}

/** Everything but the signature. */
function draftOf(scheme: Scheme, input: SignInput): Draft {
  const draft: Draft = { headers: {}, query: new URLSearchParams(), body: input.body };
  for (const part of scheme.content) {
    if (typeof part !== "object") continue;
    if ("header" in part) put(draft, part, defaultHeader(part.header, input.id));
    else if ("query" in part) put(draft, part, input.id);
  }
  putNames(draft, scheme.names, input);
  const { stamp } = scheme;
  if (stamp?.at) {
    const text = formatTimestamp(input.now, stamp.unit);
    put(draft, stamp.at, "json" in stamp.at && stamp.unit !== "rfc3339" ? Number(text) : text);
  }
  return draft;
}

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

/** What goes out of a draft. */
export function signedBy(draft: Draft, input: SignInput): Signed {
  return {
    headers: draft.headers,
    ...(draft.body === input.body ? {} : { body: draft.body }),
    ...(draft.query.size === 0 ? {} : { query: draft.query.toString() }),
  };
}

/**
 * Names an event. An id counts alone only where the signature binds it (`isBound`): all of the body,
 * or a header that stands apart in what is signed. A token binds nothing.
 */
export function identifyBy(
  names: Names,
  input: IdentifyInput,
  scheme?: Pick<Scheme, "content" | "coversBody">,
): EventIdentity {
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
