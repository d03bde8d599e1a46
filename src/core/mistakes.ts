import * as z from "zod";
import { hintFor, nearest } from "../kit/suggest.ts";
import { at, joinPath, keysAt, schemaAt } from "./config-places.ts";
import { got, gotInPlaceOf } from "./got.ts";
import { choiceOf, isSecretRef, secretWords, typeWord, wordsFor } from "./schema-words.ts";
import { writtenSecret } from "./secret-ref.ts";

/** One thing that is wrong with a config. */
export type Mistake = {
  /** Where, such as `sources.stripe.path`; empty for the config itself. */
  readonly path: string;
  readonly expected: string;
  readonly hint: string | undefined;
};

/** What the design names and this version does not do yet. */
const notYet = new Set([
  "filter",
  "when",
  "lanes",
  "orderBy",
  "once",
  "circuit",
  "encryption",
  "metrics",
  "alerts",
]);

/** What was parsed, by which schema, and where it stands in the config. */
type Place = { readonly base: string; readonly schema: z.core.$ZodType; readonly given: unknown };

/** What was read, or all that is wrong with it. */
type Read<T> = { readonly data: T } | { readonly mistakes: readonly Mistake[] };

/** Reads a part of a config that stands at the path `base`. */
export function readPart<S extends z.ZodType>(
  schema: S,
  given: unknown,
  base: string,
): Read<z.output<S>> {
  // Without a text of the library's an issue has one where a schema of ours gives it.
  const parsed = schema.safeParse(given, { error: () => "" });
  if (parsed.success) return { data: parsed.data };
  const place = { base, schema, given };
  return { mistakes: fromIssues(parsed.error.issues, place) };
}

function fromIssues(issues: readonly z.core.$ZodIssue[], place: Place): Mistake[] {
  const secrets = new Map<string, Mistake[]>();
  const others = withoutMisspelt(issues, place).filter((issue) => {
    const path = secretPath(issue, place);
    if (path === undefined) return true;
    const base = joinPath(place.base, path);
    secrets.set(base, secretMistakes(at(place.given, path), base));
    return false;
  });
  return [...others.flatMap((issue) => fromIssue(issue, place)), ...[...secrets.values()].flat()];
}

/** Where the reference to a secret stands that an issue is about, if it isn't as `secret()` makes it. */
function secretPath(
  { path }: z.core.$ZodIssue,
  { schema, given }: Place,
): readonly PropertyKey[] | undefined {
  return [path, path.slice(0, -1)].find((one) => {
    const found = schemaAt(schema, one, given);
    const value = at(given, one);
    return found !== undefined && isSecretRef(found) && isRecord(value) && !("kind" in value);
  });
}

/** What is wrong with one as it is written in JSON, which is read before: one that is right stands in TypeScript. */
function secretMistakes(given: unknown, path: string): Mistake[] {
  const parsed = writtenSecret.safeParse(given, { error: () => "" });
  if (parsed.success) return [{ path, expected: secretWords, hint: got(given) }];
  const place = { base: path, schema: writtenSecret, given };
  const known = keysAt(writtenSecret, []);
  const isLike = isRecord(given) && Object.keys(given).some((key) => meantBy(key, known));
  if (!isLike) return [{ path, expected: secretWords, hint: got(given) }];
  return withoutMisspelt(parsed.error.issues, place).flatMap((issue) => fromIssue(issue, place));
}

function fromIssue(issue: z.core.$ZodIssue, place: Place): Mistake[] {
  const path = joinPath(place.base, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(place.schema, issue.path, place.given);
    return issue.keys.map((key) => unknownKey(joinPath(path, [key]), key, known));
  }
  if (issue.code === "invalid_union") return fromUnion(issue, path, place);
  const schema = schemaAt(place.schema, issue.path, place.given);
  return [
    { path, expected: expectation(issue, schema), hint: gotHint(issue, place.given, schema) },
  ];
}

type Branch = {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly schema: z.core.$ZodType;
  readonly likeness: number;
};

/** Of a union's branches, the one that is most like what was given is the one that was meant. */
function fromUnion(issue: z.core.$ZodIssueInvalidUnion, path: string, place: Place): Mistake[] {
  const given = at(place.given, issue.path);
  const union = schemaAt(place.schema, issue.path, place.given);
  const options = union instanceof z.ZodUnion ? union.options : [];
  const branches = issue.errors
    .map((issues, index): Branch => {
      const schema = options[index] ?? place.schema;
      return { issues, schema, likeness: likeness(issues, schema, given) };
    })
    .sort((a, b) => b.likeness - a.likeness);
  const [first, second] = branches;
  if (first && first.likeness > 0 && first.likeness > (second?.likeness ?? 0)) {
    const inner = { base: path, schema: first.schema, given };
    return fromIssues(first.issues, inner);
  }
  const wanted = issue.errors.flatMap((issues, index) => branchWords(issues, options[index]));
  const expected = issue.message || [...new Set(wanted)].join(", or ");
  return [
    { path, expected, hint: nearHint(given, issue.errors.flat()) ?? gotInPlaceOf(given, options) },
  ];
}

/** A name that is there in another spelling isn't missing as well. */
function withoutMisspelt(
  issues: readonly z.core.$ZodIssue[],
  { schema, given }: Pick<Place, "schema" | "given">,
): readonly z.core.$ZodIssue[] {
  const meant = new Set(
    issues.flatMap((issue) => {
      if (issue.code !== "unrecognized_keys") return [];
      const known = keysAt(schema, issue.path, given);
      return issue.keys.flatMap((key) => {
        const name = meantBy(key, known);
        return name === undefined ? [] : joinPath("", [...issue.path, name]);
      });
    }),
  );
  const isThere = (issue: z.core.$ZodIssue): boolean => at(given, issue.path) !== undefined;
  return issues.filter((issue) => isThere(issue) || !meant.has(joinPath("", issue.path)));
}

/** A list for a list; an object by how many of its names are known, or nearly. */
function likeness(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType,
  given: unknown,
): number {
  if (Array.isArray(given)) {
    const isList = issues.some(({ path, code }) => path.length > 0 || code === "too_small");
    return isList ? 1 : 0;
  }
  if (typeof given !== "object" || given === null) return 0;
  const isWritten = isSecretRef(schema) && !("kind" in given);
  const known = keysAt(isWritten ? writtenSecret : schema, []);
  return Object.keys(given).filter((key) => meantBy(key, known) !== undefined).length;
}

function branchWords(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType | undefined,
): string[] {
  const own = issues.map(({ message }) => message).filter((text) => text !== "");
  const words = schema && wordsFor(schema);
  if (own.length > 0) return own;
  return words === undefined ? issues.map((issue) => expectation(issue, schema)) : [words];
}

function unknownKey(path: string, key: string, known: readonly string[]): Mistake {
  if (notYet.has(key)) {
    return { path, expected: `nothing here: "${key}" is not available yet`, hint: "remove it" };
  }
  const meant = meantBy(key, known);
  const hint = meant === undefined ? hintFor(key, known) : `did you mean "${meant}"?`;
  return { path, expected: "no option of this name", hint };
}

/** What a name is called where it means the same, though it is spelled otherwise. */
const synonyms: Readonly<Record<string, string>> = {
  field: "json",
  body: "json",
  source: "from",
  sources: "from",
  destination: "to",
  destinations: "to",
};

/** The name that was meant, of those that are known. */
function meantBy(key: string, known: readonly string[]): string | undefined {
  const synonym = synonyms[key];
  if (synonym !== undefined && !known.includes(key) && known.includes(synonym)) return synonym;
  return nearest(key, known);
}

function expectation(issue: z.core.$ZodIssue, schema: z.core.$ZodType | undefined): string {
  if (issue.message !== "") return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return (schema && wordsFor(schema)) ?? typeWord(issue.expected);
    case "invalid_value":
      return choiceOf(issue.values);
    case "invalid_key":
      return issue.issues.map((inner) => expectation(inner, undefined)).join(", ");
    case "too_small":
      return bound(
        issue.inclusive === false ? "more than" : "at least",
        issue.minimum,
        issue.origin,
      );
    case "too_big":
      return bound(
        issue.inclusive === false ? "less than" : "at most",
        issue.maximum,
        issue.origin,
      );
    default:
      return "another value";
  }
}

function bound(word: string, limit: number | bigint, origin: string): string {
  if (origin === "array") return `${word} ${limit} in the list`;
  if (origin === "string") return `${word} ${limit} character${limit === 1 ? "" : "s"}`;
  return `${word} ${limit}`;
}

function gotHint(
  issue: z.core.$ZodIssue,
  given: unknown,
  schema: z.core.$ZodType | undefined,
): string | undefined {
  const value = at(given, issue.path);
  if (issue.code === "invalid_key") return undefined;
  // The bound says enough, but not of nothing at all.
  const isBound = issue.code === "too_small" || issue.code === "too_big";
  if (isBound && typeof value === "number") return undefined;
  // Otherwise what is known is what was expected.
  if (issue.code === "invalid_value" && typeof value === "string" && value !== "") {
    return nearHint(value, [issue]);
  }
  return gotInPlaceOf(value, schema instanceof z.ZodUnion ? schema.options : [schema]);
}

/** Only where a word is near one that is known: any other may be a secret in the wrong place. */
function nearHint(given: unknown, issues: readonly z.core.$ZodIssue[]): string | undefined {
  if (typeof given !== "string") return undefined;
  const known = issues.flatMap((issue) => (issue.code === "invalid_value" ? issue.values : []));
  const meant = nearest(given, known.map(String));
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

function isRecord(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
