import type { Mistake } from "../core/mistakes.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type { PathParams, SecretRef, SecretValue } from "../core/types.ts";
import type { SecretReader } from "./config.ts";

/** The live secrets of a source are read again after this; a file of theirs may be as old again. */
const rereadMs = 500;

/** Reads a source's live secrets; undefined where its function knows no such parameters. */
export type SourceSecrets = (
  source: Source,
  params: PathParams,
) => readonly SecretValue[] | undefined;

/** Source secrets over a reader, kept for half a second. */
export function sourceSecrets(read: SecretReader, now: () => number): SourceSecrets {
  const kept = new Map<
    Source,
    { readonly values: readonly SecretValue[]; readonly until: number }
  >();
  return (source, params) => {
    const { secrets } = source;
    if (typeof secrets === "function") {
      const refs = secrets(params);
      return refs && liveOf(refs, read);
    }
    const known = kept.get(source);
    const at = now();
    if (known && at < known.until && at >= known.until - rereadMs) return known.values;
    const values = liveOf(secrets, read);
    kept.set(source, { values, until: at + rereadMs });
    return values;
  };
}

/** What is missing of secrets that must be there, and whether any source is on. */
export function secretMistakes(gateway: Gateway, read: SecretReader): Mistake[] {
  const mistakes = gateway.sources.flatMap(({ name, secrets }) =>
    typeof secrets === "function"
      ? []
      : secrets
          .filter((ref) => !ref.optional && read(ref) === undefined)
          .map((ref) => missing(`sources.${name}.secrets`, ref)),
  );
  if (mistakes.length === 0 && gateway.sources.every((source) => !isOn(source, read))) {
    mistakes.push({
      path: "sources",
      expected: "at least one source with a live secret",
      hint: "every secret is optional and none is set",
    });
  }
  return mistakes;
}

/** Whether a source takes requests: it has a live secret, reads them by parameter, or is unsigned. */
export function isOn({ secrets, unsigned }: Source, read: SecretReader): boolean {
  return unsigned || typeof secrets === "function" || liveOf(secrets, read).length > 0;
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
