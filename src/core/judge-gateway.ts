/**
 * Judges a gateway's definition. Every mistake is reported at once, with its path, what was expected,
 * and a hint.
 */
import { z } from "zod";
import { pathPattern } from "../kit/path-pattern.ts";
import { hintFor } from "../kit/suggest.ts";
import type { DestinationDefinition, SourceDefinition } from "./define.ts";
import { type Mistake, mistakesOf } from "./mistakes.ts";
import type { RetryPolicy } from "./retry.ts";
import { patientRetry, shortRetry } from "./retry.ts";
import type { Destination, Gateway, Source } from "./settings.ts";
import {
  defaultRetentionDays,
  definitionSchema,
  destinationShape,
  routeSchema,
  type routeShape,
  sourceShape,
} from "./settings.ts";
import type { Pacing, Route } from "./types.ts";

const dayMs = 86_400_000;
const mebibyte = 1_048_576;

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
