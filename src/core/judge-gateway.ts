/**
 * Judges a gateway's definition. Every mistake is reported at once, with its path, what was expected,
 * and a hint.
 */
import type * as z from "zod";
import { judgeDestination } from "./judge-destination.ts";
import { livePathMistakes, sharedPathMistakes } from "./judge-paths.ts";
import { judgeRoutes } from "./judge-routes.ts";
import { judgeSource } from "./judge-source.ts";
import { type Mistake, readPart } from "./mistakes.ts";
import type { GatewayParts, SourceOutline } from "./readable.ts";
import { retentionDays, serverParts } from "./readable.ts";
import type { Gateway } from "./settings.ts";
import { definitionSchema } from "./settings.ts";

const dayMs = 86_400_000;

/** A gateway, or all that is wrong with its definition, and what of it can be looked at all the same. */
export type Judgement =
  | { readonly kind: "gateway"; readonly gateway: Gateway }
  | {
      readonly kind: "mistakes";
      readonly mistakes: readonly Mistake[];
      readonly parts: GatewayParts;
    };

/** Judges a definition; reports every mistake at once. */
export function judgeGateway(definition: unknown): Judgement {
  const top = readPart(definitionSchema, definition, "");
  const written = writtenIn(definition);
  const keptMs = retentionDays.parse(written.retention) * dayMs;
  const sources = Object.entries(written.sources ?? {}).map(([name, given]) =>
    judgeSource(name, given, keptMs),
  );
  const destinations = Object.entries(written.destinations ?? {}).map(([name, given]) =>
    judgeDestination(name, given),
  );
  const outlines = sources.flatMap(({ outline }) => outline ?? []);
  const targets = destinations.flatMap(({ outline }) => outline ?? []);
  const { routes, mistakes: wrongRoutes } = judgeRoutes(written.routes, {
    sources: Object.keys(written.sources ?? {}),
    destinations: Object.keys(written.destinations ?? {}),
    headless: new Set(targets.flatMap(({ name, headless }) => (headless ? [name] : []))),
  });
  const mistakes = [
    ...("mistakes" in top ? top.mistakes : []),
    ...[...sources, ...destinations].flatMap((one) => one.mistakes),
    ...sharedPathMistakes(outlines),
    ...livePathMistakes(targets, outlines),
    ...urlMistakes(outlines, written.publicUrl),
    ...noneMistakes(written.sources),
    ...wrongRoutes,
  ];
  const right = {
    sources: sources.flatMap(({ value }) => value ?? []),
    destinations: destinations.flatMap(({ value }) => value ?? []),
    routes: routes.flatMap((route) => route ?? []),
  };
  if ("data" in top && mistakes.length === 0) {
    return { kind: "gateway", gateway: { ...settingsOf(top.data), ...right } };
  }
  const parts = {
    sources: sources.flatMap(({ part }) => part ?? []),
    judged: right.sources,
    destinations: right.destinations,
    misread: destinations.flatMap(({ part }) => part ?? []),
    routes,
    server: serverParts.parse(written.server),
  };
  return { kind: "mistakes", mistakes, parts };
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

/** What is written, as far as it has the form to be looked into. */
type Written = {
  readonly sources: Readonly<Record<string, unknown>> | undefined;
  readonly destinations: Readonly<Record<string, unknown>> | undefined;
  readonly routes: readonly unknown[];
  readonly server: unknown;
  readonly retention: unknown;
  readonly publicUrl: unknown;
};

function writtenIn(definition: unknown): Written {
  const { routes, server, retention, publicUrl, ...top } = recordOf(definition) ?? {};
  return {
    sources: recordOf(top["sources"]),
    destinations: recordOf(top["destinations"]),
    routes: Array.isArray(routes) ? routes : [],
    server: server ?? {},
    retention: retention ?? {},
    publicUrl,
  };
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}

function noneMistakes(sources: Written["sources"]): Mistake[] {
  if (sources === undefined || Object.keys(sources).length > 0) return [];
  return [{ path: "sources", expected: "at least one source", hint: undefined }];
}

/** What a sender signs with an address that the gateway doesn't know could never be verified. */
function urlMistakes(sources: readonly SourceOutline[], publicUrl: unknown): Mistake[] {
  if (publicUrl !== undefined) return [];
  return sources.flatMap(({ name, signsUrl }) => {
    if (signsUrl === undefined) return [];
    return {
      path: "publicUrl",
      expected: `the address that senders were given, since ${signsUrl} signs it (sources.${name})`,
      hint: 'for example "https://hooks.example.com"',
    };
  });
}
