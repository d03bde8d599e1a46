/**
 * What a config of the JSON form says, as a definition: `{ "secret": "NAME" }` for `secret("NAME")`, a provider's
 * or kind's name for its function, and modules by their paths. Which providers and kinds there are, and how
 * modules are had, is given: a function on AWS has those of its own config only, in one file.
 */
import type {
  AnyGateway,
  DestinationDefinition,
  DestinationKind,
  Provider,
} from "../core/define.ts";
import { secret } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { Misnamed } from "../core/judge-part.ts";
import type { Mistake } from "../core/mistakes.ts";
import { writtenSecret } from "../core/secret-ref.ts";
import { nearest } from "../kit/suggest.ts";
import { withoutAliases } from "./aliases.ts";
import { type Loading, schemasFrom } from "./written-schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** A definition as TypeScript would have written it (undefined: it is no JSON), and what could not be read. */
export type JsonDefinition = {
  readonly definition: unknown;
  readonly mistakes: readonly Mistake[];
};

/** What names and paths in a config may mean. */
export type JsonMeanings = Loading & {
  readonly providers: readonly Provider[];
  readonly kinds: readonly DestinationKind[];
};

/** The definition that a config's JSON is. */
export function definitionFrom(json: Json, meanings: JsonMeanings): JsonDefinition {
  const mistakes: Mistake[] = [];
  const {
    $schema: _schema,
    sources,
    destinations: targets,
    ...rest
  } = withoutAliases(json, mistakes);
  const reading = { ...meanings, mistakes };
  const definition = {
    ...rest,
    sources: isRecord(sources) ? sourcesOf(sources, reading) : sources,
    destinations: isRecord(targets) ? destinationsOf(targets, reading) : targets,
  };
  return { definition, mistakes };
}

/** How modules are imported by their paths. */
type ModuleLoader = (path: string) => () => Promise<unknown>;

/** Makes a destination of its options, as the function of its kind does. */
type Maker = (options: Json) => DestinationDefinition;

/**
 * A definition whose modules are given by `load`, in place of paths: a function on AWS reads no files of the user's.
 * Destinations are made by `makers` where their kind has one: in a function that delivers nothing they have names only.
 */
export function withModules(
  definition: AnyGateway,
  load: ModuleLoader,
  makers: Readonly<Record<string, Maker>> = {},
): AnyGateway {
  const destinations = Object.entries(definition.destinations).map(([name, destination]) => {
    const loaded = withModule(destination, load);
    return [name, makers[loaded.type.name]?.({ ...loaded.options }) ?? loaded];
  });
  const routes = definition.routes.map((route) =>
    typeof route.transform === "string" ? { ...route, transform: load(route.transform) } : route,
  );
  return { ...definition, destinations: Object.fromEntries(destinations), routes };
}

function withModule(destination: DestinationDefinition, load: ModuleLoader): DestinationDefinition {
  const written: Json = { ...destination.options };
  const { module } = written;
  if (destination.type.name !== "code" || typeof module !== "string") return destination;
  const options = { ...destination.options, module: load(module) };
  return { ...destination, options };
}

type Reading = JsonMeanings & { readonly mistakes: Mistake[] };

function sourcesOf(sources: Json, reading: Reading): Json {
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(sources)) {
    const path = `sources.${name}`;
    if (!isRecord(value)) {
      made[name] = value;
      continue;
    }
    const { provider: named, schemas: written, ...options } = value;
    const provider = pick(reading.providers, named);
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
          { of: "source", named, known: reading.providers, read },
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
    const loaded = reading.module(value["module"]);
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

function destinationsOf(targets: Json, { kinds, mistakes }: Reading): Json {
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
