/**
 * A source that answers by a module of the user's: which part of the sender's patience it gets, and what it
 * may say. The event is stored before it is asked, so that no answer of its can lose one.
 */
import * as z from "zod";
import { isHeaderName } from "../kit/header-value.ts";
import { type IsolationOptions, isolationShape, standardMemoryMb } from "./isolation.ts";
import { moduleSource } from "./module-source.ts";
import type { Answer, ModuleSource, Parcel } from "./types.ts";

/** How a source answers by a module, as it is written down. */
export type RespondOptions = IsolationOptions & {
  readonly module: ModuleSource;
  /** Seconds that the sender waits; by default what is known of it, else 5. */
  readonly deadlineSeconds?: number | undefined;
  /** What is answered where the module gives no answer in time; by default what any source answers. */
  readonly fallback?: AnswerWords | undefined;
};

/** How a source answers, judged. */
export type Respond = {
  readonly module: ModuleSource;
  readonly isolation: "worker" | "none";
  readonly memoryMb: number;
  /** Milliseconds from the request's arrival that the module has at most. */
  readonly withinMs: number;
  /** Instead of the source's usual answer, where the module gave none in time. */
  readonly fallback: Answer | undefined;
};

/** What came of asking a module. `unusable`: it said what can't be sent. */
export type Responded =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "none"; readonly why: "late" | "failed" | "unusable" };

/** A source's module that can be asked. Rejects never. */
export type Responder = {
  readonly ask: (parcel: Parcel, signal: AbortSignal) => Promise<Responded>;
  readonly close: () => Promise<void>;
};

const standardDeadlineSeconds = 5;
const mostMarginMs = 500;

/** What is left of the sender's deadline goes to keeping the answer, and to its way back. */
export function respondOf(
  given: ModuleSource | RespondOptions,
  deadlineSeconds = standardDeadlineSeconds,
): Respond {
  const options = isModule(given) ? { module: given } : given;
  const deadlineMs = (options.deadlineSeconds ?? deadlineSeconds) * 1000;
  return {
    module: options.module,
    isolation: options.isolation ?? "worker",
    memoryMb: options.memoryMb ?? standardMemoryMb,
    withinMs: deadlineMs - Math.min(mostMarginMs, deadlineMs / 4),
    fallback: options.fallback && answerOfWords(options.fallback),
  };
}

function isModule(given: ModuleSource | RespondOptions): given is ModuleSource {
  return typeof given !== "object" || given instanceof URL;
}

/** Of one connection, or of the framing, which are the server's. */
const ofTheServer =
  /^(?:connection|content-length|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;

/** What a module, or a fallback, may say. */
export const respondAnswer = z.strictObject({
  status: z.int().min(200).max(599).optional().describe("Default 200."),
  headers: z
    .record(
      z.string().refine((name) => isHeaderName(name) && !ofTheServer.test(name), "a header's name"),
      z.string().regex(/^[\t\x20-\x7e]*$/, "a text of visible ASCII"),
    )
    .optional()
    .describe("Without those of the connection, and without `content-length`."),
  body: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .refine(isJson, "a text, an object or a list, as JSON has them")
    .optional()
    .describe("A text goes out as it is, anything else as JSON; nothing by default."),
});

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/** How a source answers by a module. */
export const respondShape = {
  module: moduleSource.describe("The module that exports respond(event, context)."),
  deadlineSeconds: z
    .number()
    .positive()
    .max(300)
    .optional()
    .describe("Seconds that the sender waits; by default what is known of it, else 5."),
  fallback: respondAnswer
    .optional()
    .describe(
      "What is answered where the module gives no answer in time; by default what any source answers.",
    ),
  ...isolationShape,
} as const;

/** Described once in the JSON Schema, though each source may have it. */
export const respondOption = z
  .union([moduleSource, z.strictObject(respondShape)])
  .meta({ id: "respond" });

/** An answer as it is written down. */
export type AnswerWords = z.output<typeof respondAnswer>;

/** Characters of JSON. An answer is kept beside its request. */
const longestAnswer = 1_048_576;

/** The answer in what a module returned, as JSON; undefined where it is none, or too long to be kept. */
export function answerOfJson(json: string): Answer | undefined {
  if (json.length > longestAnswer) return undefined;
  const read = respondAnswer.safeParse(JSON.parse(json));
  return read.success ? answerOfWords(read.data) : undefined;
}

/** A content type of its own stands among the headers; they are named in any case. */
function answerOfWords({ status = 200, headers = {}, body }: AnswerWords): Answer {
  const isText = typeof body === "string";
  const text = body === undefined ? "" : isText ? body : JSON.stringify(body);
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  const type = isText ? "text/plain; charset=utf-8" : "application/json";
  return {
    status,
    body: status === 204 || status === 304 ? "" : text,
    ...(isTyped || body === undefined ? {} : { contentType: type }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}
