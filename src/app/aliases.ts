/**
 * Names of options that handlers written by generators have in `config/webhooks.json`, mapped to ours once,
 * where the JSON form is read. At the top they hold for every source or destination that says nothing itself.
 */
import * as z from "zod";
import type { Mistake } from "../core/mistakes.ts";
import { hintFor } from "../kit/suggest.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a value becomes: options of ours, nothing since it is so anyway, or no more than a hint. */
type Meaning =
  | { readonly options: Json }
  | "as it is"
  | { readonly expected: string; readonly hint: string };

/** An option by another name. */
export type Alias = {
  /** What it is an option of; at the top of the config it holds for all of these. */
  readonly of: "source" | "destination" | "gateway";
  /** Ours, which it must not stand beside. */
  readonly option: string;
  /** What becomes of it, for the docs. */
  readonly becomes: string;
  /** Reads its value, of a source with its provider's name. */
  readonly read: (value: unknown, provider: unknown) => Meaning;
};

const count = z.int().min(1);
const perMinute = (requests: number): Meaning => ({
  options: { rateLimit: { requests, perSeconds: 60 } },
});
const window = z.strictObject({ max: count, windowMs: count });

/** Every alias, by its name. */
export const aliases: Readonly<Record<string, Alias>> = {
  signatureAlgorithm: {
    of: "source",
    option: "algorithm",
    becomes:
      "`algorithm` of an `hmac` source: `HMAC-SHA256` is `sha256`, `HMAC-SHA512` is `sha512`. Refused for other senders, whose own scheme says it",
    read: readAlgorithm,
  },
  timestampTolerance: {
    of: "source",
    option: "toleranceSeconds",
    becomes: "`toleranceSeconds`",
    read: (toleranceSeconds) => ({ options: { toleranceSeconds } }),
  },
  ipAllowlist: {
    of: "source",
    option: "allowIps",
    becomes: "`allowIps`",
    read: (allowIps) => ({ options: { allowIps } }),
  },
  rateLimits: {
    of: "source",
    option: "rateLimit",
    becomes:
      '`rateLimit`: a number is so many a minute; `{ max, windowMs }`, or `{ requests, perSeconds }` as ours. At the top also by source: `{ "stripe": 100 }`',
    read: readRate,
  },
  asyncProcessing: {
    of: "gateway",
    option: "asyncProcessing",
    becomes:
      "nothing where it is `true`: events are always delivered after the answer. `false` is refused",
    read: (value) =>
      value === true
        ? "as it is"
        : {
            expected: "true: events are kept, answered, and delivered after that",
            hint: "remove it",
          },
  },
  retryAttempts: {
    of: "destination",
    option: "retry",
    becomes:
      "`retry` with so many `attempts`, the second after 2000 ms, each later one after twice as long",
    read: (attempts) => ({ options: { retry: { attempts, firstDelayMs: 2000, jitter: "none" } } }),
  },
  deadLetterQueue: {
    of: "gateway",
    option: "archive",
    becomes:
      "nothing where it is `true`: what died is always written to the archive. A text is `archive.folder`. `false` is refused",
    read: readDeadLetters,
  },
  parallelProcessing: {
    of: "destination",
    option: "concurrency",
    becomes:
      "`concurrency`: `false` is 1, a number is itself; nothing where it is `true`, since destinations take several at once",
    read: (value) => {
      if (value === true) return "as it is";
      return { options: { concurrency: value === false ? 1 : value } };
    },
  },
};

/** Aliases as the published schema has them at the top of a config. */
export const aliasShape = {
  signatureAlgorithm: z.enum(["HMAC-SHA256", "HMAC-SHA512"]),
  timestampTolerance: z.int().min(0),
  ipAllowlist: z.array(z.string()),
  rateLimits: z.union([count, window, z.record(z.string(), z.unknown())]),
  asyncProcessing: z.literal(true),
  retryAttempts: count,
  deadLetterQueue: z.union([z.literal(true), z.string()]),
  parallelProcessing: z.union([z.boolean(), count]),
} as const satisfies Record<keyof typeof aliases, z.ZodType>;

/** A config's JSON with our names only. What can't be mapped is a mistake, and left out. */
export function withoutAliases(json: Json, mistakes: Mistake[]): Json {
  const top = Object.keys(json).filter((name) => Object.hasOwn(aliases, name));
  const own = without(json, top);
  const gateway = top.filter((name) => aliasOf(name).of === "gateway");
  const mapped = gateway.reduce(
    (part, name) => applied(part, { name, value: json[name], at: name, mistakes }),
    own,
  );
  const forAll = (of: Alias["of"]) => top.filter((name) => aliasOf(name).of === of);
  return {
    ...mapped,
    ...partsWith("source", mapped["sources"], { json, names: forAll("source"), mistakes }),
    ...partsWith("destination", mapped["destinations"], {
      json,
      names: forAll("destination"),
      mistakes,
    }),
  };
}

type FromTop = {
  readonly json: Json;
  readonly names: readonly string[];
  readonly mistakes: Mistake[];
};

function partsWith(of: "source" | "destination", parts: unknown, top: FromTop): Json {
  if (!isRecord(parts)) return {};
  if (top.names.includes("signatureAlgorithm")) needHmac(parts, top.mistakes);
  if (top.names.includes("rateLimits")) needSources(top.json["rateLimits"], parts, top.mistakes);
  const made = Object.entries(parts).map(([name, part]) => [
    name,
    isRecord(part) ? partWith(of, { name, part }, top) : part,
  ]);
  return { [`${of}s`]: Object.fromEntries(made) };
}

function partWith(
  of: "source" | "destination",
  { name, part }: { readonly name: string; readonly part: Json },
  { json, names, mistakes }: FromTop,
): Json {
  const own = Object.keys(part).filter(
    (key) => Object.hasOwn(aliases, key) && aliasOf(key).of === of,
  );
  const mapped = own.reduce(
    (made, key) =>
      applied(made, { name: key, value: part[key], at: `${of}s.${name}.${key}`, mistakes }),
    without(part, own),
  );
  return names.reduce((made, key) => {
    const value = ofPart(key, json[key], name);
    const isSaid = aliasOf(key).option in made || value === undefined;
    const isOthers = key === "signatureAlgorithm" && part["provider"] !== "hmac";
    return isSaid || isOthers ? made : applied(made, { name: key, value, at: key, mistakes });
  }, mapped);
}

/** Rates at the top may be by source. */
function ofPart(alias: string, value: unknown, part: string): unknown {
  return alias === "rateLimits" && isBySource(value) ? value[part] : value;
}

function isBySource(value: unknown): value is Json {
  return isRecord(value) && !("requests" in value) && !("max" in value);
}

function needSources(rates: unknown, sources: Json, mistakes: Mistake[]): void {
  if (!isBySource(rates)) return;
  const known = Object.keys(sources);
  for (const name of Object.keys(rates)) {
    if (known.includes(name)) continue;
    const expected = "the name of a source, a number, or { max, windowMs }";
    mistakes.push({ path: `rateLimits.${name}`, expected, hint: hintFor(name, known) });
  }
}

function needHmac(sources: Json, mistakes: Mistake[]): void {
  const isThere = Object.values(sources).some((one) => isRecord(one) && one["provider"] === "hmac");
  if (!isThere) mistakes.push({ path: "signatureAlgorithm", ...onlyHmac });
}

const onlyHmac = {
  expected: 'a source with "provider": "hmac"; other senders\' own scheme says the algorithm',
  hint: "remove it",
};

function readAlgorithm(value: unknown, provider: unknown): Meaning {
  if (provider !== "hmac") return onlyHmac;
  const name = /^HMAC-SHA(256|512)$/i.exec(String(value))?.[1];
  if (name !== undefined) return { options: { algorithm: `sha${name}` } };
  return { expected: '"HMAC-SHA256" or "HMAC-SHA512"', hint: 'or "algorithm", which has more' };
}

function readRate(value: unknown): Meaning {
  if (typeof value === "number") return perMinute(value);
  const given = window.safeParse(value);
  if (!given.success) return { options: { rateLimit: value } };
  const { max, windowMs } = given.data;
  return { options: { rateLimit: { requests: max, perSeconds: windowMs / 1000 } } };
}

function readDeadLetters(value: unknown): Meaning {
  if (value === true) return "as it is";
  if (typeof value === "string") return { options: { archive: { folder: value } } };
  return {
    expected: "true, or the folder for what died, which is always kept",
    hint: "remove it",
  };
}

/** A part with one of its aliases mapped. */
function applied(
  part: Json,
  alias: {
    readonly name: string;
    readonly value: unknown;
    readonly at: string;
    readonly mistakes: Mistake[];
  },
): Json {
  const { name, value, at, mistakes } = alias;
  const { option, read } = aliasOf(name);
  const meaning = read(value, part["provider"]);
  if (meaning === "as it is") return part;
  if ("expected" in meaning) {
    // One at the top is read for each part.
    if (!mistakes.some(({ path }) => path === at)) mistakes.push({ path: at, ...meaning });
    return part;
  }
  if (option in part) {
    const hint = `${name} means the same: remove it`;
    mistakes.push({ path: at, expected: `either ${name} or ${option}, but both are there`, hint });
    return part;
  }
  return { ...part, ...meaning.options };
}

function aliasOf(name: string): Alias {
  return aliases[name] as Alias;
}

function without(part: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(part).filter(([name]) => !names.includes(name)));
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
