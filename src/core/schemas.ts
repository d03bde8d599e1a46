/**
 * Schemas of a source's events: what may be written down, and the checks that they become. A Standard
 * Schema (https://standardschema.dev) brings its own check; that of a JSON Schema is compiled outside.
 */
import { matchesGlob } from "../kit/glob.ts";

/** A step of the way to what is wrong. */
type Step = PropertyKey | { readonly key: PropertyKey };

/** What a schema finds wrong. */
export type SchemaIssue = {
  readonly message: string;
  readonly path?: readonly Step[] | undefined;
};

type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** A schema of Zod, Valibot, ArkType or another library of Standard Schema. It has to answer synchronously. */
export type StandardSchema = {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
  };
};

/** A JSON Schema, as an object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema as a source names it. */
export type EventSchema = StandardSchema | JsonSchema;

/** Why an event doesn't fit. `isFault`: the schema itself failed, whatever the event is. */
export type Misfit = { readonly detail: string; readonly isFault: boolean };

/** Holds an event's JSON against a schema; undefined where it fits. Never throws. */
export type SchemaCheck = (payload: unknown) => Misfit | undefined;

/** The checks of one source: by exact type, and by globs in the order in which they are written. */
export type SourceChecks = {
  readonly exact: ReadonlyMap<string, SchemaCheck>;
  readonly globs: readonly { readonly glob: string; readonly check: SchemaCheck }[];
};

/** Checks by source; of a source without schemas there are none. */
export type Checks = ReadonlyMap<string, SourceChecks>;

/** Where no source has a schema. */
export const noChecks: Checks = new Map();

/** Issues that are told of one event. */
const mostIssues = 3;
const mostDetail = 500;

/** Whether a value is a Standard Schema; those of ArkType are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  if (!("~standard" in value)) return false;
  const inner = value["~standard"];
  return (
    typeof inner === "object" &&
    inner !== null &&
    "validate" in inner &&
    typeof inner.validate === "function"
  );
}

/** Whether a value may be a JSON Schema. */
export function isJsonSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The check that a Standard Schema brings. What its schema makes of the value is not used: bytes stay the sender's. */
export function standardCheck(schema: StandardSchema): SchemaCheck {
  const { validate } = schema["~standard"];
  return (payload) => {
    try {
      const result = validate(payload);
      if (result instanceof Promise) return answeredLater(result);
      return result.issues && { detail: issuesText(result.issues), isFault: false };
    } catch (error) {
      return fault(`the schema threw: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

/** What a Standard Schema answers a probe later; undefined where it answers at once, or throws. */
export function laterAnswer(schema: StandardSchema, probe: unknown): Promise<unknown> | undefined {
  try {
    const result = schema["~standard"].validate(probe);
    if (!(result instanceof Promise)) return undefined;
    result.catch(() => undefined);
    return result;
  } catch {
    // It may be right for events; each that it throws for is invalid.
    return undefined;
  }
}

/** The checks of a source's schemas, in the order in which they are written. */
export function sourceChecks(
  entries: readonly (readonly [types: string, check: SchemaCheck])[],
): SourceChecks {
  return {
    exact: new Map(entries.filter(([types]) => !types.includes("*"))),
    globs: entries
      .filter(([types]) => types.includes("*"))
      .map(([glob, check]) => ({ glob, check })),
  };
}

/** The check of a type: its own, else the first glob's that matches; undefined where there is none. */
export function checkFor(checks: SourceChecks, type: string): SchemaCheck | undefined {
  return checks.exact.get(type) ?? checks.globs.find(({ glob }) => matchesGlob(glob, type))?.check;
}

/** What is wrong, as text with the paths of the first issues. */
export function issuesText(issues: readonly SchemaIssue[]): string {
  const told = issues.slice(0, mostIssues).map(({ message, path = [] }) => {
    // Not by its own `map`: ArkType's paths are lists of another kind, which make another of what is mapped.
    const steps = Array.from(path, (step) => String(typeof step === "object" ? step.key : step));
    const at = steps.join(".");
    return at === "" ? message : `${at}: ${message}`;
  });
  const rest = issues.length > mostIssues ? [`and ${issues.length - mostIssues} more`] : [];
  return [...told, ...rest].join("; ").slice(0, mostDetail);
}

function answeredLater(result: Promise<unknown>): Misfit {
  result.catch(() => undefined);
  return fault("the schema gave a promise: it threw, or is asynchronous; it has to answer at once");
}

function fault(detail: string): Misfit {
  return { detail: detail.slice(0, mostDetail), isFault: true };
}
