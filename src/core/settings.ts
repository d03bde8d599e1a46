/** The schema of a gateway's definition, and what it becomes when it is judged (`judge-gateway.ts`). */
import * as z from "zod";
import { type PathPattern, pathPattern } from "../kit/path-pattern.ts";
import type { DestinationKind, Provider, SecretsOption } from "./define.ts";
import { moduleSource } from "./module-source.ts";
import { type Respond, respondOption } from "./respond.ts";
import { type EventSchema, isJsonSchema, isStandardSchema } from "./schemas.ts";
import { secretRef } from "./secret-ref.ts";
import type { Pacing, Route } from "./types.ts";

const mebibyte = 1_048_576;
/** Days that requests are kept where the config doesn't say. */
export const defaultRetentionDays = 30;

const secretsFunction = z.custom<Extract<SecretsOption, (...args: never[]) => unknown>>(
  (value) => typeof value === "function",
  "a function of the path's parameters",
);

function hasOwnNames(path: string): boolean {
  const { names } = pathPattern(path);
  return !names.includes("") && new Set(names).size === names.length;
}

/** A schema of events. */
export const eventSchema = z.custom<EventSchema>(
  (value) => isStandardSchema(value) || isJsonSchema(value),
  "a schema of Zod, Valibot, ArkType or another Standard Schema, or a JSON Schema as an object",
);

/** Options of every source. */
export const sourceShape = {
  path: z
    .string()
    .regex(
      /^\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\x21-\x22\x24-\x3e\x40-\x7e]*$/,
      'a path that begins with "/", such as /webhooks/stripe, of visible ASCII (others percent-encoded), without a query, "." or ".."',
    )
    .refine(hasOwnNames, "parameters with a name each, such as :tenant, and none twice")
    .describe("Where the source listens; segments that begin with `:` are parameters."),
  secrets: z
    .union([z.array(secretRef), secretsFunction])
    .optional()
    .describe("The live secrets, any of which may fit."),
  unsigned: z.boolean().optional().describe("Accept without verification."),
  toleranceSeconds: z
    .int()
    .min(0)
    .optional()
    .describe("Seconds a signed timestamp may lie in the past or the future."),
  dedupeSeconds: z
    .int()
    .min(0)
    .optional()
    .describe("Seconds for which a repeat is recognised; 0: never."),
  maxBodyBytes: z
    .int()
    .min(1)
    .max(256 * mebibyte)
    .optional()
    .describe("Largest body, in bytes."),
  allowIps: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Addresses and CIDR ranges that may post."),
  rateLimit: z
    .strictObject({
      requests: z.int().min(1).describe("How many."),
      perSeconds: z.number().positive().describe("In how many seconds."),
    })
    .optional()
    .describe("New events accepted per time; none by default."),
  overLimit: z
    .enum(["reject", "accept"])
    .optional()
    .describe("What happens past the rate: 429, or accepted all the same."),
  schemas: z
    .record(z.string().min(1), eventSchema)
    .optional()
    .describe(
      "What events must look like, by type or type glob: a synchronous Standard Schema (Zod, Valibot, ArkType) or a JSON Schema. What doesn't fit is kept as `invalid`, and goes nowhere.",
    ),
  authorizer: z
    .boolean()
    .optional()
    .describe(
      "Deny with 403, before anything is read, a request whose `Authorization` is empty or `invalid`, or that has neither one nor a header of its sender's signature. On AWS a Lambda authorizer does it.",
    ),
  respond: respondOption
    .optional()
    .describe(
      "A module that exports respond(event, context) and answers the sender, once the event is stored.",
    ),
} as const;

/** Options of every destination. */
export const destinationShape = {
  timeoutSeconds: z
    .number()
    .positive()
    .max(900)
    .optional()
    .describe("Seconds that one attempt may take (default 30)."),
  concurrency: z.int().min(1).max(1000).optional().describe("Deliveries in flight at once."),
  retry: z
    .union([
      z.enum(["patient", "short"]),
      z.strictObject({
        attempts: z.int().min(1).optional(),
        firstDelayMs: z.int().min(1).optional(),
        maxDelayMs: z.int().min(1).optional(),
        maxAgeHours: z.number().positive().optional(),
        jitter: z.enum(["full", "none"]).optional(),
      }),
    ])
    .optional()
    .describe("`patient`: three days (default); `short`: 3 attempts from 2000 ms; or exactly."),
} as const;

/** A name, or several. */
export const names = z.union([z.string(), z.array(z.string()).min(1)]);

/** A route. */
export const routeShape = {
  from: names.optional().describe("Sources; all where missing."),
  types: z.array(z.string().min(1)).min(1).optional().describe("Type globs; all where missing."),
  to: names.describe("Destinations."),
  form: z
    .enum(["raw", "standard", "cloudevents", "cloudevents-structured"])
    .optional()
    .describe(
      "The form in which events go out: `raw` (default), the sender's bytes and headers; `standard`; CloudEvents 1.0 with attributes as headers, or in one JSON object.",
    ),
  transform: moduleSource
    .optional()
    .describe(
      "A module that exports transform(event, context), in place of a form: what it returns goes out as JSON; undefined or null skips the delivery.",
    ),
} as const;

/** All but sources, destinations and routes. */
export const gatewayShape = {
  publicUrl: z
    .url({
      protocol: /^https?$/,
      error: "an address that begins with https:// or http://, such as https://hooks.example.com",
    })
    .optional()
    .describe("The address that senders were given, without a path; for senders that sign it."),
  server: z
    .strictObject({
      host: z.string().default("0.0.0.0").describe("The address it listens on."),
      port: z
        .int()
        .min(0)
        .max(65535)
        .optional()
        .describe("The port; `--port` and `PORT` come first, 4242 last. 0: a free one."),
      tls: z
        .strictObject({ certFile: z.string(), keyFile: z.string() })
        .optional()
        .describe(
          "PEM files of the certificate chain and its key, from the config's folder: then it speaks HTTPS.",
        ),
      trustedProxies: z
        .array(z.string())
        .default([])
        .describe(
          "Proxies whose X-Forwarded-For is believed: addresses, CIDR ranges, `loopback`, `private`.",
        ),
    })
    .prefault({})
    .describe("How it listens."),
  limits: z
    .strictObject({
      inFlightBytes: z
        .int()
        .min(mebibyte)
        .default(64 * mebibyte)
        .describe("Bytes of bodies received and not yet answered, over all sources; past it 503."),
      headerTimeoutSeconds: z
        .number()
        .positive()
        .default(10)
        .describe("Seconds that a request's headers may take."),
      bodyTimeoutSeconds: z
        .number()
        .positive()
        .default(30)
        .describe(
          "Seconds that are added for its body: both together from the request's begin, looked at each second.",
        ),
      drainSeconds: z
        .number()
        .positive()
        .default(20)
        .describe("Seconds that a stop waits for what is under way."),
      rejectedPerSource: z
        .int()
        .min(0)
        .default(1000)
        .describe("Rejected requests kept per source; the oldest go first."),
      rejectedPerAddress: z
        .int()
        .min(0)
        .default(100)
        .describe("Of those, kept per client address."),
    })
    .prefault({})
    .describe("Bounds that protect the process."),
  retention: z
    .strictObject({
      days: z
        .number()
        .min(1)
        .default(defaultRetentionDays)
        .describe("Days that requests and events are kept; what still waits is never taken."),
    })
    .prefault({})
    .describe("How long things are kept."),
  archive: z
    .strictObject({
      folder: z
        .string()
        .optional()
        .describe(
          "Where dead deliveries are written, from the config's folder; `archive` beside the store by default.",
        ),
    })
    .prefault({})
    .describe("Deliveries that died, as files."),
} as const;

/** A route as it is read. */
export const routeSchema = z.strictObject(routeShape);

/** A definition, but for what is in each source, destination and route. */
export const definitionSchema = z.strictObject({
  ...gatewayShape,
  sources: z.record(z.string(), z.unknown()),
  destinations: z.record(z.string(), z.unknown()),
  routes: z.array(z.unknown()),
});

/** A source, judged, with every default filled in. */
export type Source = {
  readonly name: string;
  readonly provider: Provider;
  readonly path: PathPattern;
  readonly secrets: SecretsOption;
  readonly unsigned: boolean;
  /** Whether it may take a secret that its sender shows in a handshake. */
  readonly learns: boolean;
  readonly toleranceSeconds: number;
  /** Milliseconds; undefined: what the basis of dedupe asks for, at most `keptMs`. */
  readonly dedupeMs: number | undefined;
  /** How long requests are kept: a repeat can't be recognised for longer. */
  readonly keptMs: number;
  readonly maxBodyBytes: number;
  readonly allowIps: readonly string[] | undefined;
  readonly rateLimit: { readonly tokens: number; readonly perMs: number } | undefined;
  readonly overLimit: "reject" | "accept";
  /** Schemas by type or type glob, as they are written. */
  readonly schemas: Readonly<Record<string, EventSchema>> | undefined;
  /** Whether the head of a request is judged by itself, before anything else. */
  readonly authorizer: boolean;
  /** Undefined where it answers as any source. */
  readonly respond: Respond | undefined;
  /** Headers (or `?query`) of which one picks this source among those of its path. */
  readonly marks: readonly string[];
  /** What the provider's own options are. */
  readonly options: unknown;
};

/** A destination, judged. */
export type Destination = {
  readonly name: string;
  readonly type: DestinationKind;
  readonly options: unknown;
  readonly pacing: Pacing;
};

/** A gateway, judged. */
export type Gateway = {
  readonly publicUrl: string | undefined;
  readonly sources: readonly Source[];
  readonly destinations: readonly Destination[];
  readonly routes: readonly Route[];
  readonly server: z.output<(typeof gatewayShape)["server"]>;
  readonly limits: z.output<(typeof gatewayShape)["limits"]>;
  readonly retentionMs: number;
  readonly archiveFolder: string | undefined;
};
