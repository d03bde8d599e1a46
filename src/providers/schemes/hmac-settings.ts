/** The options of the generic `hmac` provider as data, and what is wrong with them together. */
import * as z from "zod";
import type { Conflict } from "../../core/define.ts";

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a header's name")
  .describe("A header's name, in any case.");
const queryName = z.string().min(1).describe("A query parameter's name.");
const jsonPath = z
  .string()
  .regex(/^(?!(?:.*\.)?__proto__(?:\.|$))[^.]+(?:\.[^.]+)*$/, "a dotted path such as `data.id`")
  .describe("A dotted path in the JSON body, such as `data.id`.");
const algorithm = z.enum(["sha1", "sha256", "sha384", "sha512"]);
const encoding = z.enum(["hex", "base64", "base64url"]);
const unit = z
  .enum(["s", "ms", "rfc3339"])
  .optional()
  .describe("How the instant is written: seconds (default), milliseconds or RFC 3339.");

const selector = z.union([
  z.strictObject({ header: headerName }),
  z.strictObject({ query: queryName }),
  z.strictObject({ json: jsonPath }),
]);

const instant = z.union([
  z.strictObject({ header: headerName, unit }),
  z.strictObject({ query: queryName, unit }),
  z.strictObject({ json: jsonPath, unit }),
]);

const piece = z.union([
  z.enum(["body", "timestamp", "method", "url", "path"]),
  z.strictObject({ literal: z.string().min(1) }),
  z.strictObject({ header: headerName }),
  z.strictObject({ query: queryName }),
  z.strictObject({ json: jsonPath }),
  z.strictObject({ hash: algorithm, encoding: encoding.optional() }),
]);

/** Options of `hmac` beside those of every source. */
export const hmacShape = {
  header: headerName.optional().describe("The header that carries the signature."),
  query: queryName.optional().describe("The query parameter that carries the signature."),
  field: jsonPath
    .optional()
    .describe(
      "The field of the JSON body that carries the signature; `content` says what it covers.",
    ),
  prefix: z.string().optional().describe("What stands before the signature, such as `sha256=`."),
  algorithm: algorithm.optional().describe("The hash function (default sha256)."),
  encoding: encoding.optional().describe("How the signature is written (default hex)."),
  hexCase: z
    .enum(["any", "lower", "upper"])
    .optional()
    .describe("Which case of hex is taken (default any)."),
  key: z
    .enum(["utf8", "hex", "base64", "whsec"])
    .optional()
    .describe(
      "How the secret becomes a key: as it is (default), or decoded; whsec: base64 after `whsec_`.",
    ),
  content: z
    .array(piece)
    .min(1)
    .optional()
    .describe("What is signed, in order and without anything between (default the body)."),
  timestamp: instant
    .optional()
    .describe("The signed instant, held against toleranceSeconds in both directions."),
  id: selector
    .optional()
    .describe("The event's id (default the header Idempotency-Key, where there is one)."),
  type: selector
    .optional()
    .describe("The event's type (default the body's `type`, else `unknown`)."),
  time: instant.optional().describe("When the event happened."),
} as const;

/** A header, query parameter or field of the JSON body. */
export type Selector = z.output<typeof selector>;

/** A selector of an instant, and how it is written. */
export type InstantSelector = z.output<typeof instant>;

/**
 * A piece of what is signed. `body`: its bytes. `timestamp`: as it was sent. `url`: the address that the
 * sender was given. `path`: without the query. `query`: decoded. `json`: a text, number or boolean of
 * the body; nothing where it is absent. `hash`: the body's digest as text (default hex).
 */
export type ContentPiece = z.output<typeof piece>;

type Shape = z.input<z.ZodObject<typeof hmacShape>>;

/** Where the signature stands: exactly one of three. */
type Location =
  | { readonly header: string; readonly query?: never; readonly field?: never }
  | { readonly query: string; readonly header?: never; readonly field?: never }
  | { readonly field: string; readonly header?: never; readonly query?: never };

/** Options of `hmac`; with `field`, `content` must say what is signed, since it can't be the whole body. */
export type HmacOptions = Readonly<Omit<Shape, "header" | "query" | "field">> & Location;

type Place = { readonly [Kind in "header" | "query" | "json"]?: string };

/** Whether two selectors mean the same place. */
export function sameSelector(a: object, b: object): boolean {
  const [left, right] = [a as Place, b as Place];
  if (left.header !== undefined) return left.header.toLowerCase() === right.header?.toLowerCase();
  if (left.query !== undefined) return left.query === right.query;
  return left.json !== undefined && left.json === right.json;
}

/** Whether the content covers every byte of the body. */
export function coversBody(content: readonly ContentPiece[]): boolean {
  return content.some((part) => part === "body" || (typeof part === "object" && "hash" in part));
}

/** What is wrong with options that are right one by one. */
export function hmacConflicts(options: HmacOptions): readonly Conflict[] {
  const content = options.content ?? ["body"];
  return [
    ...locationConflicts(options, content),
    ...timestampConflicts(options, content),
    ...(content.some(isOfTheRequest)
      ? []
      : [
          {
            option: "content",
            expected: "at least one piece that differs from request to request",
          },
        ]),
  ];
}

function isOfTheRequest(part: ContentPiece): boolean {
  if (typeof part === "object") return !("literal" in part);
  return part === "body" || part === "timestamp";
}

function locationConflicts(options: HmacOptions, content: readonly ContentPiece[]): Conflict[] {
  const { header, query, field } = options;
  const given = [header, query, field].filter((place) => place !== undefined);
  if (given.length !== 1) {
    return [{ option: "header", expected: "exactly one of header, query and field" }];
  }
  if (field !== undefined && coversBody(content)) {
    const expected =
      'a list of what is signed without the body itself, such as [{ json: "data" }]: the signature stands in the body';
    return [{ option: "content", expected }];
  }
  const place = header ? { header } : query ? { query } : { json: field ?? "" };
  const coversItself = content.some(
    (part) => typeof part === "object" && sameSelector(part, place),
  );
  return coversItself
    ? [{ option: "content", expected: "pieces other than the signature itself" }]
    : [];
}

function timestampConflicts(options: HmacOptions, content: readonly ContentPiece[]): Conflict[] {
  const { timestamp } = options;
  if (timestamp === undefined) {
    return content.includes("timestamp")
      ? [{ option: "timestamp", expected: "where the timestamp stands, since content has it" }]
      : [];
  }
  const covered =
    content.includes("timestamp") ||
    content.some((part) => typeof part === "object" && sameSelector(part, timestamp)) ||
    ("json" in timestamp && coversBody(content));
  if (covered) return [];
  const expected =
    'the piece "timestamp" among others: anybody could change one that is not signed';
  return [{ option: "content", expected }];
}
