/**
 * The schema of a gateway's definition, and the one function that judges it. Types are inferred from
 * what is parsed; every mistake is reported at once with its path, what was expected, and a hint.
 */
import { z } from "zod";
import type { PathPattern } from "../kit/path-pattern.ts";
import { pathPattern } from "../kit/path-pattern.ts";
import { hintFor } from "../kit/suggest.ts";
import type {
  DestinationDefinition,
  DestinationKind,
  Provider,
  SecretsOption,
  SourceDefinition,
} from "./define.ts";
import { type Mistake, mistakesOf } from "./mistakes.ts";
import type { RetryPolicy } from "./retry.ts";
import { patientRetry, shortRetry } from "./retry.ts";
import type { Pacing, Route } from "./types.ts";

const dayMs = 86_400_000;
const mebibyte = 1_048_576;
const defaultRetentionDays = 30;

const secretRef = z.strictObject({
  kind: z.literal("secret"),
  name: z.string().min(1),
  optional: z.boolean(),
});

const secretsFunction = z.custom<Extract<SecretsOption, (...args: never[]) => unknown>>(
  (value) => typeof value === "function",
  'a list of secret("NAME"), or a function of the path\'s parameters',
);

/** Options of every source. */
export const sourceShape = {
  path: z
    .string()
    .regex(/^\/[^?#\s]*$/, 'a path that begins with "/" and has no query')
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

const names = z.union([z.string(), z.array(z.string()).min(1)]);

/** A route. */
export const routeShape = {
  from: names.optional().describe("Sources; all where missing."),
  types: z.array(z.string().min(1)).min(1).optional().describe("Type globs; all where missing."),
  to: names.describe("Destinations."),
} as const;

/** All but sources, destinations and routes. */
export const gatewayShape = {
  publicUrl: z
    .url({ protocol: /^https?$/ })
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
        .describe("PEM files of the certificate chain and its key: then it speaks HTTPS."),
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
        .describe("Seconds that its body may take after that."),
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
        .describe("Where dead deliveries are written; `archive` beside the store by default."),
    })
    .prefault({})
    .describe("Deliveries that died, as files."),
} as const;

const routeSchema = z.strictObject(routeShape);

const definitionSchema = z.strictObject({
  ...gatewayShape,
  sources: z.record(z.string(), z.unknown()),
  destinations: z.record(z.string(), z.unknown()),
  routes: z.array(routeSchema),
});

/** A source, judged, with every default filled in. */
export type Source = {
  readonly name: string;
  readonly provider: Provider;
  readonly path: PathPattern;
  readonly secrets: SecretsOption;
  readonly unsigned: boolean;
  readonly toleranceSeconds: number;
  /** Milliseconds; undefined: what the basis of dedupe asks for, at most `keptMs`. */
  readonly dedupeMs: number | undefined;
  /** How long requests are kept: a repeat can't be recognised for longer. */
  readonly keptMs: number;
  readonly maxBodyBytes: number;
  readonly allowIps: readonly string[] | undefined;
  readonly rateLimit: { readonly tokens: number; readonly perMs: number } | undefined;
  readonly overLimit: "reject" | "accept";
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

/** A gateway, or all that is wrong with its definition. */
export type Judgement =
  | { readonly kind: "gateway"; readonly gateway: Gateway }
  | { readonly kind: "mistakes"; readonly mistakes: readonly Mistake[] };

/** Judges a definition; reports every mistake at once. */
export function judgeGateway(definition: unknown): Judgement {
  const parsed = definitionSchema.safeParse(definition);
  const mistakes: Mistake[] = parsed.success
    ? []
    : mistakesOf(parsed.error, { base: "", schema: definitionSchema, given: definition });
  const written = recordsOf(definition);
  const keptMs = (parsed.data?.retention.days ?? defaultRetentionDays) * dayMs;
  const sources = Object.entries(written.sources).flatMap(([name, value]) =>
    collect(judgeSource(name, value, keptMs), mistakes),
  );
  const destinations = Object.entries(written.destinations).flatMap(([name, value]) =>
    collect(judgeDestination(name, value), mistakes),
  );
  mistakes.push(...sharedPathMistakes(sources));
  const routes = written.routes.map(readRoute);
  mistakes.push(
    ...routeMistakes(routes, Object.keys(written.sources), Object.keys(written.destinations)),
  );
  if (Object.keys(written.sources).length === 0 && parsed.success) {
    mistakes.push({ path: "sources", expected: "at least one source", hint: undefined });
  }
  if (!parsed.success || mistakes.length > 0) return { kind: "mistakes", mistakes };
  const { publicUrl, server, limits, archive } = parsed.data;
  const gateway: Gateway = {
    publicUrl: publicUrl?.replace(/\/+$/, ""),
    sources,
    destinations,
    routes: routes.filter((route) => route !== undefined),
    server,
    limits,
    retentionMs: keptMs,
    archiveFolder: archive.folder,
  };
  return { kind: "gateway", gateway };
}

type Judged<T> = { readonly value: T } | { readonly mistakes: readonly Mistake[] };

function collect<T>(judged: Judged<T>, mistakes: Mistake[]): T[] {
  if ("value" in judged) return [judged.value];
  mistakes.push(...judged.mistakes);
  return [];
}

function recordsOf(definition: unknown): {
  sources: Record<string, unknown>;
  destinations: Record<string, unknown>;
  routes: readonly unknown[];
} {
  const record = (value: unknown): Record<string, unknown> =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const top = record(definition);
  return {
    sources: record(top["sources"]),
    destinations: record(top["destinations"]),
    routes: Array.isArray(top["routes"]) ? top["routes"] : [],
  };
}

function judgeSource(name: string, value: unknown, keptMs: number): Judged<Source> {
  const path = `sources.${name}`;
  const wrongName = nameMistake(name, path);
  if (wrongName) return { mistakes: [wrongName] };
  if (!isOfKind<SourceDefinition>(value, "source")) {
    return {
      mistakes: [
        {
          path,
          expected: "a source, made by a provider",
          hint: `for example stripe({ path: "/webhooks/stripe", secrets: [secret("STRIPE_WEBHOOK_SECRET")] })`,
        },
      ],
    };
  }
  const { provider } = value;
  const schema = z.strictObject({ ...sourceShape, ...provider.settings });
  const parsed = schema.safeParse(value.options);
  if (!parsed.success) {
    return { mistakes: mistakesOf(parsed.error, { base: path, schema, given: value.options }) };
  }
  const conflicts = provider.conflicts?.(parsed.data) ?? [];
  if (conflicts.length > 0) {
    const told = conflicts.map(({ option, expected }) => ({
      path: `${path}.${option}`,
      expected,
      hint: undefined,
    }));
    return { mistakes: told };
  }
  const options = parsed.data as z.output<z.ZodObject<typeof sourceShape>>;
  if (options.secrets === undefined && options.unsigned !== true) {
    return {
      mistakes: [
        {
          path: `${path}.secrets`,
          expected: "at least one secret, or unsigned: true to accept anything",
          hint: `secrets: [secret("${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_WEBHOOK_SECRET")]`,
        },
      ],
    };
  }
  if ((options.dedupeSeconds ?? 0) * 1000 > keptMs) {
    const most = Math.floor(keptMs / 1000);
    return {
      mistakes: [
        {
          path: `${path}.dedupeSeconds`,
          expected: `at most ${most}: a repeat is recognised while the first is kept`,
          hint: "raise retention.days",
        },
      ],
    };
  }
  return { value: toSource({ name, provider, keptMs }, options) };
}

function toSource(
  { name, provider, keptMs }: Pick<Source, "name" | "provider" | "keptMs">,
  options: z.output<z.ZodObject<typeof sourceShape>>,
): Source {
  const rate = options.rateLimit;
  return {
    name,
    provider,
    path: pathPattern(options.path),
    secrets: options.secrets ?? [],
    unsigned: options.unsigned ?? false,
    toleranceSeconds: options.toleranceSeconds ?? provider.toleranceSeconds ?? 300,
    dedupeMs: options.dedupeSeconds === undefined ? undefined : options.dedupeSeconds * 1000,
    keptMs,
    maxBodyBytes: options.maxBodyBytes ?? provider.maxBodyBytes ?? 10 * mebibyte,
    allowIps: options.allowIps,
    rateLimit: rate && { tokens: rate.requests, perMs: rate.perSeconds * 1000 },
    overLimit: options.overLimit ?? (provider.retries ? "reject" : "accept"),
    marks: provider.marks(options),
    options,
  };
}

function judgeDestination(name: string, value: unknown): Judged<Destination> {
  const path = `destinations.${name}`;
  const wrongName = nameMistake(name, path);
  if (wrongName) return { mistakes: [wrongName] };
  if (!isOfKind<DestinationDefinition>(value, "destination")) {
    return {
      mistakes: [
        {
          path,
          expected: "a destination, made by http() or code()",
          hint: `for example http({ url: "https://example.com/hooks" })`,
        },
      ],
    };
  }
  const { type } = value;
  const schema = z.strictObject({ ...destinationShape, ...type.settings });
  const parsed = schema.safeParse(value.options);
  if (!parsed.success) {
    return { mistakes: mistakesOf(parsed.error, { base: path, schema, given: value.options }) };
  }
  const options = parsed.data as z.output<z.ZodObject<typeof destinationShape>>;
  const pacing: Pacing = {
    concurrency: options.concurrency ?? type.concurrency,
    timeoutMs: (options.timeoutSeconds ?? 30) * 1000,
    retry: retryPolicyOf(options.retry),
  };
  return { value: { name, type, options, pacing } };
}

function retryPolicyOf(option: z.output<(typeof destinationShape)["retry"]>): RetryPolicy {
  if (option === undefined || option === "patient") return patientRetry;
  if (option === "short") return shortRetry;
  const base = option.attempts !== undefined && option.attempts <= 10 ? shortRetry : patientRetry;
  return {
    attempts: option.attempts ?? base.attempts,
    firstDelayMs: option.firstDelayMs ?? base.firstDelayMs,
    maxDelayMs: option.maxDelayMs ?? base.maxDelayMs,
    maxAgeMs:
      option.maxAgeHours === undefined ? patientRetry.maxAgeMs : option.maxAgeHours * 3_600_000,
    jitter: option.jitter ?? base.jitter,
  };
}

function isOfKind<T extends { readonly kind: string }>(
  value: unknown,
  kind: T["kind"],
): value is T {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

/** `health` is an address of the gateway's own (`/webhooks/health`). */
function nameMistake(name: string, path: string): Mistake | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
    return {
      path,
      expected: "a name of letters, digits, - and _, at most 64, beginning with a letter",
      hint: undefined,
    };
  }
  if (name === "health") {
    return { path, expected: "another name", hint: '"health" is the gateway\'s own address' };
  }
  return undefined;
}

function sharedPathMistakes(sources: readonly Source[]): Mistake[] {
  const mistakes: Mistake[] = [];
  const shapes = new Map<string, Source[]>();
  for (const source of sources) {
    if (/^\/(health\/(live|ready)|webhooks\/health)$/.test(source.path.text)) {
      mistakes.push({
        path: `sources.${source.name}.path`,
        expected: "a path that the gateway does not answer itself",
        hint: "/health/live, /health/ready and /webhooks/health are taken",
      });
    }
    const shape = source.path.text.replaceAll(/:[^/]+/g, ":");
    const others = shapes.get(shape) ?? [];
    mistakes.push(...others.flatMap((other) => clash(other, source)));
    shapes.set(shape, [...others, source]);
  }
  return mistakes;
}

function clash(first: Source, second: Source): Mistake[] {
  const path = `sources.${second.name}.path`;
  if (first.path.text !== second.path.text) {
    return [
      { path, expected: `the same parameter names as sources.${first.name}`, hint: undefined },
    ];
  }
  const shared = second.marks.find((mark) => first.marks.includes(mark));
  if (shared === undefined && first.marks.length > 0 && second.marks.length > 0) return [];
  return [
    {
      path,
      expected: `a path of its own: ${shared === undefined ? "no header tells it" : `"${shared}" does not tell it`} from sources.${first.name}`,
      hint: undefined,
    },
  ];
}

/** A route that can be read has its names judged, whatever else is wrong with the definition. */
function readRoute(written: unknown): Route | undefined {
  const parsed = routeSchema.safeParse(written);
  return parsed.success ? toRoute(parsed.data) : undefined;
}

function toRoute(route: z.output<z.ZodObject<typeof routeShape>>): Route {
  const list = (value: string | readonly string[]): readonly string[] =>
    typeof value === "string" ? [value] : value;
  return {
    from: route.from === undefined ? undefined : list(route.from),
    types: route.types,
    to: [...new Set(list(route.to))],
  };
}

function routeMistakes(
  routes: readonly (Route | undefined)[],
  sources: readonly string[],
  destinations: readonly string[],
): Mistake[] {
  const unknown = (
    path: string,
    what: string,
    given: readonly string[],
    known: readonly string[],
  ) =>
    given
      .filter((name) => !known.includes(name))
      .map((name) => ({
        path,
        expected: `the name of a ${what}, not "${name}"`,
        hint: hintFor(name, known),
      }));
  return routes.flatMap((route, at) => [
    ...unknown(`routes[${at}].from`, "source", route?.from ?? [], sources),
    ...unknown(`routes[${at}].to`, "destination", route?.to ?? [], destinations),
  ]);
}
