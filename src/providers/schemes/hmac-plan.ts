/**
 * What the generic `hmac` provider does for given options: they are made ready once, and the pieces of
 * content read from a request as it arrived or as it is about to be signed.
 */
import { createHash, hash, type KeyObject } from "node:crypto";
import type { Conflict } from "../../core/define.ts";
import type { RawHeaders } from "../../core/types.ts";
import { textAt, valueAt } from "../../kit/json-path.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import type { DigestForm } from "./hmac.ts";
import {
  decodeBase64,
  decodeHex,
  digestForm,
  hmacKey,
  literalKey,
  rememberKeys,
  whsecBytes,
} from "./hmac.ts";
import { coversBody, hmacConflicts, sameSelector } from "./hmac-conflicts.ts";
import type { ContentPiece, HmacOptions, InstantSelector, Selector } from "./hmac-settings.ts";
import type { TimestampUnit } from "./timestamp.ts";

/** Where an instant stands, and how it is written. */
export type Instant = { readonly at: Selector; readonly unit: TimestampUnit };

/** Options made ready. */
export type HmacPlan = {
  readonly conflicts: readonly Conflict[];
  readonly place: Selector;
  readonly prefix: string;
  readonly form: DigestForm;
  readonly keyOf: (secret: string) => KeyObject | undefined;
  readonly content: readonly ContentPiece[];
  readonly coversBody: boolean;
  readonly timestamp: Instant | undefined;
  readonly id: Selector;
  readonly type: Selector | undefined;
  readonly time: Instant | undefined;
};

/** What selectors and pieces read from. */
export type RequestView = {
  readonly method: string;
  readonly path: string;
  readonly url: string | undefined;
  readonly headers: RawHeaders;
  readonly query: string;
  readonly body: Buffer;
  readonly payload: () => unknown;
  /** The timestamp, where it stands beside the signature. */
  readonly timestamp?: string | undefined;
};

/** Keys of secrets, by the form of these. */
export const keys = {
  utf8: literalKey,
  hex: rememberKeys((secret) => hmacKey(decodeHex(secret))),
  base64: rememberKeys((secret) => hmacKey(decodeBase64(secret))),
  whsec: rememberKeys((secret) => hmacKey(whsecBytes(secret))),
  sha1: rememberKeys((secret) =>
    hmacKey(secret === "" ? undefined : hash("sha1", secret, "buffer")),
  ),
} as const;

const plans = new WeakMap<HmacOptions, HmacPlan>();

/** The plan of options, made on first use. */
export function planOf(options: HmacOptions): HmacPlan {
  const known = plans.get(options);
  if (known !== undefined) return known;
  const made = makePlan(options);
  plans.set(options, made);
  return made;
}

function makePlan(options: HmacOptions): HmacPlan {
  const { header, query, field, encoding = "hex", hexCase = "any" } = options;
  const content = (options.content ?? ["body"]).map(lowered);
  const place = query !== undefined ? { query } : { json: field ?? "" };
  return {
    conflicts: hmacConflicts(options),
    place: header !== undefined ? lowered({ header }) : place,
    prefix: options.prefix ?? "",
    form: digestForm(options.algorithm ?? "sha256", encoding, hexCase),
    keyOf: keys[options.key ?? "utf8"],
    content,
    coversBody: coversBody(content),
    timestamp: options.timestamp && instantOf(options.timestamp),
    id: lowered(options.id ?? { header: "idempotency-key" }),
    type: options.type && lowered(options.type),
    time: options.time && instantOf(options.time),
  };
}

/** The same place or piece with its header's name in lower case. */
export function lowered<T extends ContentPiece | Selector>(part: T): T {
  return typeof part === "object" && "header" in part
    ? { ...part, header: part.header.toLowerCase() }
    : part;
}

/** A selector of an instant made ready. */
export function instantOf(selector: InstantSelector): Instant {
  return { at: lowered(selector), unit: selector.unit ?? "s" };
}

/** The text at a place; undefined where there is none. */
export function select(view: RequestView, place: Selector): string | undefined {
  if ("header" in place) return headerOf(view.headers, place.header);
  if ("query" in place) return new URLSearchParams(view.query).get(place.query) ?? undefined;
  return textAt(view.payload(), place.json);
}

/** The content's bytes, or the piece that the request lacks. */
export function contentOf(
  plan: Pick<HmacPlan, "content" | "timestamp">,
  view: RequestView,
): { readonly bytes: readonly (string | Buffer)[] } | { readonly missing: string } {
  const bytes: (string | Buffer)[] = [];
  for (const part of plan.content) {
    const value = pieceOf(part, plan, view);
    if (value === undefined) return { missing: describe(part) };
    bytes.push(value);
  }
  return { bytes };
}

function pieceOf(
  part: ContentPiece,
  plan: Pick<HmacPlan, "timestamp">,
  view: RequestView,
): string | Buffer | undefined {
  if (part === "timestamp") {
    return view.timestamp ?? (plan.timestamp && pieceOf(plan.timestamp.at, plan, view));
  }
  if (typeof part === "string") return view[part];
  if ("literal" in part) return part.literal;
  if ("hash" in part) {
    const digest = createHash(part.hash).update(view.body);
    const { encoding = "hex" } = part;
    return encoding === "bytes" ? digest.digest() : digest.digest(encoding);
  }
  if ("json" in part) return scalarAt(view.payload(), part.json);
  const value = select(view, part);
  return value !== undefined && "header" in part ? headerBytes(value) : value;
}

function describe(part: ContentPiece): string {
  if (part === "url") return "the public URL (set publicUrl)";
  return typeof part === "string" ? part : JSON.stringify(part);
}

/** A field as text; what is absent, null or composed counts as nothing. */
function scalarAt(payload: unknown, path: string): string {
  const value = valueAt(payload, path);
  return typeof value === "boolean" ? String(value) : (textAt(payload, path) ?? "");
}

/** Headers are bytes that Node shows as Latin-1; beyond that the text didn't come from a socket. */
function headerBytes(value: string): Buffer {
  for (let at = 0; at < value.length; at += 1) {
    if (value.charCodeAt(at) > 0xff) return Buffer.from(value, "utf8");
  }
  return Buffer.from(value, "latin1");
}

/**
 * Whether the signature binds the id. One that touches a piece of variable length, or that contains
 * the literal beside it, could be cut elsewhere under the same signature; a number beyond 2^53 isn't
 * exact any more. Such an id counts only together with the content.
 */
export function isBound(
  plan: Pick<HmacPlan, "coversBody" | "content"> & { readonly id: Selector },
  id: string,
  payload: () => unknown,
): boolean {
  if ("json" in plan.id) {
    const value = valueAt(payload(), plan.id.json);
    if (typeof value === "number" && !Number.isSafeInteger(value)) return false;
    if (plan.coversBody) return true;
  }
  const at = plan.content.findIndex(
    (part) => typeof part === "object" && sameSelector(part, plan.id),
  );
  if (at < 0) return false;
  return [plan.content[at - 1], plan.content[at + 1]].every(
    (beside) =>
      beside === undefined ||
      (typeof beside === "object" && "literal" in beside && !id.includes(beside.literal)),
  );
}
