import { GatewayError, messageOf } from "../core/errors.ts";
import type { Mistake } from "../core/mistakes.ts";
import type { GatewayParts } from "../core/readable.ts";
import { secretRef } from "../core/secret-ref.ts";
import type { Source } from "../core/settings.ts";
import type { PathParams, SecretRef, SecretValue } from "../core/types.ts";
import { SecretFault, type SecretReader } from "./config.ts";

/** The live secrets of a source are read again after this; a file of theirs may be as old again. */
const rereadMs = 500;

/** Reads a source's live secrets; undefined where its function knows no such parameters. */
export type SourceSecrets = (
  source: Source,
  params: PathParams,
) => readonly SecretValue[] | undefined;

/** Source secrets over a reader that is quick, read each time. */
export function liveSecrets(read: SecretReader): SourceSecrets {
  return (source, params) => {
    const { secrets } = source;
    const refs = typeof secrets === "function" ? refsBy(source, secrets, params) : secrets;
    return refs && liveOf(refs, read);
  };
}

/** What a source's own function says. Throws CONFIG_INVALID, with the source's name, where it fails or doesn't say at once. */
function refsBy(
  { name }: Pick<Source, "name">,
  secrets: Extract<Source["secrets"], (...args: never[]) => unknown>,
  params: PathParams,
): readonly SecretRef[] | undefined {
  let refs: unknown;
  try {
    refs = secrets(params);
  } catch (error) {
    throw new GatewayError(
      "CONFIG_INVALID",
      `secrets() of sources.${name} failed: ${messageOf(error)}. Let it return undefined for parameters that it doesn't know.`,
      { cause: error },
    );
  }
  if (refs === undefined || Array.isArray(refs)) return refs as readonly SecretRef[] | undefined;
  throw new GatewayError(
    "CONFIG_INVALID",
    `secrets() of sources.${name} returned neither a list of secrets nor undefined; it must say at once, without a promise.`,
  );
}

/** Source secrets over a reader, kept for half a second. */
export function sourceSecrets(read: SecretReader, now: () => number): SourceSecrets {
  const live = liveSecrets(read);
  type Kept = { readonly values: ReturnType<SourceSecrets>; readonly until: number };
  const kept = new Map<Source, Kept>();
  return (source, params) => {
    if (typeof source.secrets === "function") return live(source, params);
    const known = kept.get(source);
    const at = now();
    if (known && at < known.until && at >= known.until - rereadMs) return known.values;
    const values = live(source, params);
    kept.set(source, { values, until: at + rereadMs });
    return values;
  };
}

/** What is wrong with the secrets that a config names: missing, set twice, or in a file that can't be read. */
export function secretMistakes(
  parts: Pick<GatewayParts, "sources" | "destinations" | "misread">,
  read: SecretReader,
): Mistake[] {
  const destinations = [...parts.destinations, ...parts.misread];
  const refs = [
    ...parts.sources.flatMap(({ name, options }) => refsIn(options, `sources.${name}`)),
    ...destinations.flatMap(({ name, options }) => refsIn(options, `destinations.${name}`)),
  ];
  return refs.flatMap(([path, ref]) => secretMistake(path, ref, read) ?? []);
}

/** References to secrets at any depth, each with its path. */
function refsIn(value: unknown, path: string): (readonly [string, SecretRef])[] {
  if (typeof value !== "object" || value === null) return [];
  const ref = secretRef.safeParse(value);
  if (ref.success) return [[path, ref.data]];
  const step = (key: string): string => (Array.isArray(value) ? `[${key}]` : `.${key}`);
  return Object.entries(value).flatMap(([key, inner]) => refsIn(inner, path + step(key)));
}

function secretMistake(path: string, ref: SecretRef, read: SecretReader): Mistake | undefined {
  try {
    // An optional one may be missing, but not be set in a way that can't be read.
    if (read(ref) !== undefined || ref.optional) return undefined;
    return missing(path, ref);
  } catch (fault) {
    if (!(fault instanceof SecretFault)) throw fault;
    return { path, expected: fault.expected, hint: fault.hint };
  }
}

/** A gateway that no source of which is on would answer nobody. */
export function offMistakes(
  { sources }: { readonly sources: readonly Pick<Source, "secrets" | "unsigned" | "learns">[] },
  read: SecretReader,
): Mistake[] {
  // A secret that must be set is told by itself, and so is a source without any.
  const named = sources.map(({ secrets }) => (typeof secrets === "function" ? [] : secrets));
  const isLeftOpen = named.every(
    (refs) => refs.length > 0 && refs.every(({ optional }) => optional),
  );
  if (sources.length === 0 || !isLeftOpen) return [];
  if (sources.some((source) => isOn(source, quiet(read)))) return [];
  return [
    {
      path: "sources",
      expected: "at least one source with a live secret",
      hint: `every secret is optional and none is set: set ${orWords(named.flat())}`,
    },
  ];
}

/** As many as fit on a line. */
const mostNamed = 5;

function orWords(refs: readonly SecretRef[]): string {
  const names = [...new Set(refs.map(({ name }) => name))];
  return names.length <= mostNamed
    ? names.join(" or ")
    : `one of ${names.slice(0, mostNamed).join(", ")}, …`;
}

/** Whether a source takes requests: it has a live secret, reads them by parameter, learns one, or is unsigned. */
export function isOn(
  { secrets, unsigned, learns }: Pick<Source, "secrets" | "unsigned" | "learns">,
  read: SecretReader,
): boolean {
  return unsigned || learns || typeof secrets === "function" || liveOf(secrets, read).length > 0;
}

/** A reader for which a secret that can't be read is missing; `secretMistakes` tells those. */
export function quiet(read: SecretReader): SecretReader {
  return (ref) => {
    try {
      return read(ref);
    } catch (fault) {
      if (fault instanceof SecretFault) return undefined;
      throw fault;
    }
  };
}

function missing(path: string, { name }: SecretRef): Mistake {
  return {
    path,
    expected: `the secret ${name}`,
    hint: `set ${name}, or ${name}_FILE to a file that holds it; or secret("${name}", { optional: true })`,
  };
}

function liveOf(refs: readonly SecretRef[], read: SecretReader): readonly SecretValue[] {
  return refs.flatMap((ref) => read(ref) ?? []);
}
