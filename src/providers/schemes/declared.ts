/**
 * A provider as data: where its signature stands, how that is written, what it covers, and what names
 * and dates an event. `verify` and `sign` are made of the same data.
 */
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import { GatewayError } from "../../core/errors.ts";
import type { OwnSettings } from "../../core/plain-setting.ts";
import type {
  ProviderFacts,
  SchemeFacts,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../../core/types.ts";
import { parseJson } from "../../kit/json-path.ts";
import { headersOf } from "../../kit/raw-headers.ts";
import type { HandshakeShape } from "./handshake-shape.ts";
import { greeting, handshakeMarks, isChallenge } from "./handshakes.ts";
import { coversBody } from "./hmac-conflicts.ts";
import { contentOf, instantOf, lowered, type RequestView, select } from "./hmac-plan.ts";
import type { ContentPiece, InstantSelector, Selector } from "./hmac-settings.ts";
import { type Draft, defaultHeader, put, viewOf } from "./hmac-sign.ts";
import { marksOf, type Place, placeFacts, selectorsOf } from "./places.ts";
import { type Seal, type SealData, sealOf } from "./seal.ts";
import { type Names, nameFacts, putNames, type Telling, tellingOf } from "./telling.ts";
import { formatTimestamp, judgeTimestamp, type TimestampUnit } from "./timestamp.ts";
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
  readonly settings?: OwnSettings;
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

function wordsFor(part: ContentPiece): string {
  if (typeof part === "string") return part;
  if ("literal" in part) return JSON.stringify(part.literal);
  if ("hash" in part) return `${part.hash}(body)`;
  if ("header" in part) return part.header;
  return "query" in part ? `?${part.query}` : `body.${part.json}`;
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

/** What goes out of a draft. */
export function signedBy(draft: Draft, input: SignInput): Signed {
  return {
    headers: draft.headers,
    ...(draft.body === input.body ? {} : { body: draft.body }),
    ...(draft.query.size === 0 ? {} : { query: draft.query.toString() }),
  };
}
