/**
 * Judges a gateway's definition. Every mistake is reported at once, with its path, what was expected,
 * and a hint.
 */
import * as z from "zod";
import { pathPattern } from "../kit/path-pattern.ts";
import type { Conflict, DestinationDefinition, Provider, SourceDefinition } from "./define.ts";
import { livePathMistakes, sharedPathMistakes } from "./judge-paths.ts";
import { judgeRoutes } from "./judge-routes.ts";
import { type Mistake, readPart } from "./mistakes.ts";
import { respondOf } from "./respond.ts";
import type { RetryPolicy } from "./retry.ts";
import { patientRetry, shortRetry } from "./retry.ts";
import type { Destination, Gateway, GatewayParts, Source } from "./settings.ts";
import {
  defaultRetentionDays,
  definitionSchema,
  destinationShape,
  serverParts,
  sourceParts,
  sourceShape,
} from "./settings.ts";
import type { Pacing } from "./types.ts";

const dayMs = 86_400_000;
const mebibyte = 1_048_576;

/** A gateway, or all that is wrong with its definition, and what of it can be looked at all the same. */
export type Judgement =
  | { readonly kind: "gateway"; readonly gateway: Gateway }
  | {
      readonly kind: "mistakes";
      readonly mistakes: readonly Mistake[];
      readonly parts: GatewayParts;
    };

/** Stands for a source or destination that could not be read, where that has been told already. */
export const unread: unique symbol = Symbol("unread");

/** Judges a definition; reports every mistake at once. */
export function judgeGateway(definition: unknown): Judgement {
  const read = readPart(definitionSchema, definition, "");
  const data = "data" in read ? read.data : undefined;
  const mistakes: Mistake[] = "data" in read ? [] : [...read.mistakes];
  const written = recordsOf(definition);
  const keptMs = (data?.retention.days ?? defaultRetentionDays) * dayMs;
  const judged = {
    sources: Object.entries(written.sources).map(([name, value]) =>
      judgeSource(name, value, keptMs),
    ),
    destinations: Object.entries(written.destinations).map(([name, value]) =>
      judgeDestination(name, value),
    ),
  };
  const sources = judged.sources.flatMap(({ value }) => value ?? []);
  const destinations = judged.destinations.flatMap(({ value }) => value ?? []);
  const { routes, mistakes: wrongNames } = judgeRoutes(written.routes, {
    sources: Object.keys(written.sources),
    destinations: Object.keys(written.destinations),
  });
  mistakes.push(
    ...[...judged.sources, ...judged.destinations].flatMap((one) => one.mistakes),
    ...sharedPathMistakes(sources),
    ...livePathMistakes(destinations, sources),
    ...wrongNames,
  );
  if (data !== undefined && Object.keys(data.sources).length === 0) {
    mistakes.push({ path: "sources", expected: "at least one source", hint: undefined });
  }
  if (data !== undefined) mistakes.push(...urlMistakes(sources, data.publicUrl));
  if (data === undefined || mistakes.length > 0) {
    const parts = {
      sources: judged.sources.flatMap(({ part }) => part ?? []),
      destinations,
      misread: judged.destinations.flatMap(({ part }) => part ?? []),
      server: serverParts.parse(written.server),
    };
    return { kind: "mistakes", mistakes, parts };
  }
  return { kind: "gateway", gateway: { ...settingsOf(data), sources, destinations, routes } };
}

function settingsOf({
  publicUrl,
  server,
  limits,
  retention,
  archive,
}: z.output<typeof definitionSchema>): Omit<Gateway, "sources" | "destinations" | "routes"> {
  return {
    publicUrl: publicUrl?.replace(/\/+$/, ""),
    server,
    limits,
    retentionMs: retention.days * dayMs,
    archiveFolder: archive.folder,
  };
}

/** `value` is there where it can be held against others, though it may have mistakes. */
type Judged<T> = { readonly value?: T; readonly mistakes: readonly Mistake[] };

function recordsOf(definition: unknown): {
  sources: Record<string, unknown>;
  destinations: Record<string, unknown>;
  routes: readonly unknown[];
  server: unknown;
} {
  const record = (value: unknown): Record<string, unknown> =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const top = record(definition);
  return {
    sources: record(top["sources"]),
    destinations: record(top["destinations"]),
    routes: Array.isArray(top["routes"]) ? top["routes"] : [],
    server: top["server"] ?? {},
  };
}

type JudgedSource = Judged<Source> & { readonly part?: GatewayParts["sources"][number] };

function judgeSource(name: string, value: unknown, keptMs: number): JudgedSource {
  const path = `sources.${name}`;
  if (value === unread) return { mistakes: [] };
  const wrongName = nameMistake(name, path);
  if (wrongName) return { mistakes: [wrongName] };
  if (!isOfKind<SourceDefinition>(value, "source")) return { mistakes: [noSource(path)] };
  const { provider } = value;
  const { secrets = [], allowIps } = sourceParts.parse(value.options);
  const part = { name, secrets, allowIps, options: value.options };
  const schema = z.strictObject({ ...sourceShape, ...provider.settings });
  const read = readPart(schema, value.options, path);
  if ("mistakes" in read) return { part, mistakes: read.mistakes };
  const options = read.data as SourceSettings;
  const conflicts = conflictMistakes(path, provider.conflicts?.(options) ?? []);
  const mistakes = [
    ...conflicts,
    ...secretsMistakes(name, options),
    ...dedupeMistakes(path, options, keptMs),
    ...respondMistakes(path, provider, options),
  ];
  // What options that clash make of the source, such as its marks, says nothing.
  if (conflicts.length > 0) return { part, mistakes };
  return { value: toSource({ name, provider, keptMs }, options), part, mistakes };
}

function conflictMistakes(path: string, conflicts: readonly Conflict[]): Mistake[] {
  return conflicts.map(({ option, expected }) => ({
    path: `${path}.${option}`,
    expected,
    hint: undefined,
  }));
}

type SourceSettings = z.output<z.ZodObject<typeof sourceShape>>;

function noSource(path: string): Mistake {
  return {
    path,
    expected: "a source, made by a provider",
    hint: `for example stripe({ path: "/webhooks/stripe", secrets: [secret("STRIPE_WEBHOOK_SECRET")] })`,
  };
}

function secretsMistakes(name: string, { secrets, unsigned }: SourceSettings): Mistake[] {
  if (secrets !== undefined || unsigned === true) return [];
  const variable = `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_WEBHOOK_SECRET`;
  return [
    {
      path: `sources.${name}.secrets`,
      expected: "at least one secret, or unsigned: true to accept anything",
      hint: `secrets: [secret("${variable}")]`,
    },
  ];
}

function dedupeMistakes(
  path: string,
  { dedupeSeconds = 0 }: SourceSettings,
  keptMs: number,
): Mistake[] {
  if (dedupeSeconds * 1000 <= keptMs) return [];
  const most = Math.floor(keptMs / 1000);
  return [
    {
      path: `${path}.dedupeSeconds`,
      expected: `at most ${most}: a repeat is recognised while the first is kept`,
      hint: "raise retention.days",
    },
  ];
}

/** An answer is one event's. */
function respondMistakes(
  path: string,
  { batch, title }: Pick<Provider, "batch" | "title">,
  { respond }: SourceSettings,
): Mistake[] {
  if (respond === undefined || batch === undefined) return [];
  const expected = `nothing: a request of ${title} may tell several events, and has one answer`;
  return [{ path: `${path}.respond`, expected, hint: "remove it" }];
}

function toSource(
  { name, provider, keptMs }: Pick<Source, "name" | "provider" | "keptMs">,
  options: SourceSettings,
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
    authorizer: options.authorizer ?? false,
    respond:
      options.respond === undefined
        ? undefined
        : respondOf(options.respond, provider.deadlineSeconds),
    marks: provider.marks(options),
    options,
  };
}

type JudgedDestination = Judged<Destination> & { readonly part?: GatewayParts["misread"][number] };

function judgeDestination(name: string, value: unknown): JudgedDestination {
  const path = `destinations.${name}`;
  if (value === unread) return { mistakes: [] };
  const wrongName = nameMistake(name, path);
  if (wrongName) return { mistakes: [wrongName] };
  if (!isOfKind<DestinationDefinition>(value, "destination")) {
    return {
      mistakes: [
        {
          path,
          expected: "a destination, made by a function such as http() or code()",
          hint: `for example http({ url: "https://example.com/hooks" })`,
        },
      ],
    };
  }
  const { type } = value;
  const schema = z.strictObject({ ...destinationShape, ...type.settings });
  const read = readPart(schema, value.options, path);
  const part = { name, options: value.options };
  if ("mistakes" in read) return { part, mistakes: read.mistakes };
  const options = read.data as z.output<z.ZodObject<typeof destinationShape>>;
  const mistakes = conflictMistakes(path, type.conflicts?.(options) ?? []);
  if (mistakes.length > 0) return { part, mistakes };
  const pacing: Pacing = {
    concurrency: options.concurrency ?? type.concurrency,
    timeoutMs: (options.timeoutSeconds ?? 30) * 1000,
    retry: retryPolicyOf(options.retry),
  };
  return { value: { name, type, options, pacing }, mistakes: [] };
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

/** What a sender signs with an address that the gateway doesn't know could never be verified. */
function urlMistakes(sources: readonly Source[], publicUrl: string | undefined): Mistake[] {
  if (publicUrl !== undefined) return [];
  return sources
    .filter(({ unsigned, secrets }) => !unsigned || secrets.length > 0)
    .filter(({ provider, options }) => provider.signsUrl?.(options) === true)
    .map(({ name, provider }) => ({
      path: "publicUrl",
      expected: `the address that senders were given, since ${provider.title} signs it (sources.${name})`,
      hint: 'for example "https://hooks.example.com"',
    }));
}
