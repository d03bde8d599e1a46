import { z } from "zod";
import { hintFor } from "../kit/suggest.ts";

/** One thing that is wrong with a config. */
export type Mistake = {
  /** Where, such as `sources.stripe.path`; empty for the config itself. */
  readonly path: string;
  readonly expected: string;
  readonly hint: string | undefined;
};

/** What the design names and this version does not do yet. */
const notYet = new Set([
  "respond",
  "schema",
  "schemas",
  "filter",
  "when",
  "transform",
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

/** The mistakes of a failed parse. */
export function mistakesOf(error: z.ZodError, place: Place): Mistake[] {
  return error.issues.flatMap((issue) => fromIssue(issue, place));
}

function fromIssue(issue: z.core.$ZodIssue, place: Place): Mistake[] {
  const path = joinPath(place.base, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(place.schema, issue.path);
    return issue.keys.map((key) => unknownKey(joinPath(path, [key]), key, known));
  }
  if (issue.code === "invalid_union") return fromUnion(issue, path, place);
  return [{ path, expected: expectation(issue), hint: gotHint(issue, place.given) }];
}

/** Of a union's branches, the one that went furthest is the one that was meant. */
function fromUnion(issue: z.core.$ZodIssueInvalidUnion, path: string, place: Place): Mistake[] {
  const value = at(place.given, issue.path);
  const schema = schemaAt(place.schema, issue.path) ?? place.schema;
  const deepest = issue.errors
    .map((branch) => ({ branch, depth: Math.max(0, ...branch.map(reach)) }))
    .sort((a, b) => b.depth - a.depth)[0];
  if (deepest && deepest.depth > 0) {
    return deepest.branch.flatMap((inner) =>
      fromIssue(inner, { base: path, schema, given: value }),
    );
  }
  const expected = issue.errors.flat().map(expectation);
  return [{ path, expected: [...new Set(expected)].join(", or "), hint: got(value) }];
}

function reach(issue: z.core.$ZodIssue): number {
  return issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0);
}

function unknownKey(path: string, key: string, known: readonly string[]): Mistake {
  if (notYet.has(key)) {
    return { path, expected: `nothing here: "${key}" is not available yet`, hint: "remove it" };
  }
  return { path, expected: "no option of this name", hint: hintFor(key, known) };
}

/** The options that an object schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const found = schemaAt(schema, path);
  if (found instanceof z.ZodUnion) {
    return found.options.flatMap((option) => keysAt(option, []));
  }
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function schemaAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  let found: z.core.$ZodType | undefined = unwrap(schema);
  for (const key of path) {
    if (found instanceof z.ZodObject) found = found.shape[String(key)];
    else if (found instanceof z.ZodArray) found = found.element;
    else if (found instanceof z.ZodRecord) found = found.valueType;
    else return undefined;
    found = found && unwrap(found);
  }
  return found;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wraps ? unwrap(schema.def.innerType) : schema;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected;
    case "invalid_value":
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_small":
      return `${issue.origin === "array" || issue.origin === "string" ? "length " : ""}at least ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function gotHint(issue: z.core.$ZodIssue, given: unknown): string | undefined {
  const value = at(given, issue.path);
  if (issue.code === "invalid_value" && typeof value === "string") {
    return hintFor(value, issue.values.map(String));
  }
  return got(value);
}

/** Says what kind of thing was given, never the value: it may be a secret in the wrong place. */
function got(value: unknown): string | undefined {
  if (value === undefined) return "it is missing";
  if (value === null) return "got null";
  return `got ${Array.isArray(value) ? "a list" : `a value of type ${typeof value}`}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

function joinPath(base: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, base);
}
