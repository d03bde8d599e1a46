/**
 * The JSON form of a config: the same schema, with `{ "secret": "NAME" }` for `secret("NAME")`, a
 * provider's or kind's name for its function, and module paths for functions.
 */

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { DestinationKind, Provider } from "../core/define.ts";
import { secret } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { Misnamed } from "../core/judge-part.ts";
import type { Mistake } from "../core/mistakes.ts";
import { writtenSecret } from "../core/secret-ref.ts";
import { destinations } from "../destinations/index.ts";
import { type JsonFault, jsonFault } from "../kit/json-fault.ts";
import { nearest } from "../kit/suggest.ts";
import { providers } from "../providers/index.ts";
import { withoutAliases } from "./aliases.ts";
import { loadedAliveAtOnce } from "./hold-exit.ts";
import { schemasFrom } from "./written-schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** A definition as TypeScript would have written it (undefined: it is no JSON), and what could not be read. */
export type JsonDefinition = {
  readonly definition: unknown;
  readonly mistakes: readonly Mistake[];
};

/** Reads the JSON form; modules are resolved against the file's address. */
export function definitionFromJson(text: string, url: string): JsonDefinition {
  const mistakes: Mistake[] = [];
  const source = text.replace(/^\uFEFF/, "");
  const fault = jsonFault(source);
  if (fault !== undefined) return { definition: undefined, mistakes: [noJson(fault)] };
  const json: unknown = JSON.parse(source);
  if (!isRecord(json)) return { definition: json, mistakes };
  const {
    $schema: _schema,
    sources,
    destinations: targets,
    ...rest
  } = withoutAliases(json, mistakes);
  const definition = {
    ...rest,
    sources: isRecord(sources) ? sourcesOf(sources, { url, mistakes }) : sources,
    destinations: isRecord(targets) ? destinationsOf(targets, mistakes) : targets,
  };
  return { definition, mistakes };
}

function noJson({ line, column, expected }: JsonFault): Mistake {
  return {
    path: "",
    expected: `JSON, with ${expected} at line ${line}, column ${column}`,
    hint: "JSON has no comments, no comma after the last one, and all names in double quotes",
  };
}

type Reading = { readonly url: string; readonly mistakes: Mistake[] };

function sourcesOf(sources: Json, reading: Reading): Json {
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(sources)) {
    const path = `sources.${name}`;
    if (!isRecord(value)) {
      made[name] = value;
      continue;
    }
    const { provider: named, schemas: written, ...options } = value;
    const provider = pick(providers, named);
    const secrets = secretsOf(options["secrets"], path, reading);
    // Schemas are read by themselves: a field of theirs may be called `secret`.
    const schemas = schemasFrom(written, path, reading);
    const read: Json = {
      ...withSecrets({ ...options, ...(secrets === undefined ? {} : { secrets }) }),
      ...(schemas === undefined ? {} : { schemas }),
    };
    made[name] = provider
      ? { kind: "source", provider, options: read }
      : misnamed(
          `${path}.provider`,
          { of: "source", named, known: providers, read },
          reading.mistakes,
        );
  }
  return made;
}

function secretsOf(value: unknown, path: string, reading: Reading): unknown {
  if (!isRecord(value) || typeof value["module"] !== "string") {
    return value === undefined ? undefined : withSecrets(value);
  }
  try {
    // At once, since an application mounts a gateway where it can't wait.
    const address = new URL(value["module"], reading.url);
    const load = createRequire(reading.url);
    const loaded: Json = loadedAliveAtOnce(() => load(fileURLToPath(address)));
    const found = loaded["secrets"] ?? loaded["default"];
    if (typeof found === "function") return found;
    reading.mistakes.push({
      path: `${path}.secrets.module`,
      expected: "a module that exports the function secrets(params)",
      hint: undefined,
    });
  } catch (error) {
    reading.mistakes.push({
      path: `${path}.secrets.module`,
      expected: "a module that can be loaded",
      hint: messageOf(error),
    });
  }
  return [];
}

function destinationsOf(targets: Json, mistakes: Mistake[]): Json {
  const kinds = Object.values(destinations);
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(targets)) {
    if (!isRecord(value)) {
      made[name] = value;
      continue;
    }
    const { kind: named, ...written } = value;
    const options = withSecrets(written);
    const type = pick<DestinationKind>(kinds, named);
    const of = { of: "destination", named, known: kinds, read: options } as const;
    made[name] = type
      ? { kind: "destination", type, options }
      : misnamed(`destinations.${name}.kind`, of, mistakes);
  }
  return made;
}

/** Tells that a name is unknown; the rest is read as what it is near to, so that its mistakes are told too. */
function misnamed<T extends Pick<Provider, "name">>(
  path: string,
  given: {
    readonly of: "source" | "destination";
    readonly named: unknown;
    readonly known: readonly T[];
    readonly read: Json;
  },
  mistakes: Mistake[],
): Misnamed<T> {
  const { of, named, read } = given;
  const known = given.known.map((one) => one.name);
  const meant = typeof named === "string" ? nearest(named, known) : undefined;
  const expected = of === "source" ? "the name of a provider" : `one of ${known.join(", ")}`;
  // Providers are too many to be named here.
  const all = of === "source" ? listed : undefined;
  mistakes.push({ path, expected, hint: misnamedHint(named, meant, all) });
  return { kind: "misnamed", of, meant: pick(given.known, meant), options: read };
}

const listed = "`surehook providers` lists all; hmac takes any other that signs by HMAC";

function misnamedHint(
  named: unknown,
  meant: string | undefined,
  all: string | undefined,
): string | undefined {
  if (meant !== undefined) return `did you mean "${meant}"?${all ? ` If not: ${all}` : ""}`;
  if (named !== undefined) return all;
  return all ? `it is missing: ${all}` : "it is missing";
}

function pick<T extends Pick<Provider, "name">>(list: readonly T[], name: unknown): T | undefined {
  return list.find((one) => one.name === name);
}

/** `{ "secret": "NAME", "optional": true }` becomes a reference, at any depth. */
function withSecrets<T>(value: T): T;
function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets);
  if (!isRecord(value)) return value;
  const written = writtenSecret.safeParse(value);
  if (written.success)
    return secret(written.data.secret, { optional: written.data.optional === true });
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withSecrets(inner)]));
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
