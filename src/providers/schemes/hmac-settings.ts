/** The options of the generic `hmac` provider as data; the types of other HMAC schemes come from them too. */
import * as z from "zod";

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
  z.strictObject({ hash: algorithm, encoding: z.enum([...encoding.options, "bytes"]).optional() }),
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
 * the body; nothing where it is absent. `hash`: the body's digest as text (default hex), or its bytes.
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
