/** Makes the checks of sources' schemas, and tells of those that can't be used. */
import { setTimeout } from "node:timers/promises";
import type { Provider } from "../core/define.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { Mistake } from "../core/mistakes.ts";
import {
  type Checks,
  type EventSchema,
  isStandardSchema,
  type JsonSchema,
  laterAnswer,
  noChecks,
  type SchemaCheck,
  type SourceChecks,
  type StandardSchema,
  sourceChecks,
  standardCheck,
} from "../core/schemas.ts";
import type { Source } from "../core/settings.ts";

/** Past it a promise is not waited for: it is one. */
const mostProbeMs = 1_000;

/** Of a source, what its schemas are tried with. */
type Holder = Pick<Source, "name" | "schemas"> & { readonly provider?: Provider };

/** The checks of all schemas that can be used, and a mistake for each of the others. */
export type CompiledSchemas = { readonly checks: Checks; readonly mistakes: readonly Mistake[] };

/** Samples of a sender's events of some types, which schemas are tried with. */
export type Probing = (provider: Provider, types: string) => Promise<readonly unknown[]>;

/**
 * Compiles the schemas of sources. Compilers of JSON Schema are loaded only where a source has one. Some
 * libraries turn asynchronous only where a check of theirs is reached, so a start gives samples to try.
 */
export async function compileSchemas(
  sources: readonly Holder[],
  probing?: Probing,
): Promise<CompiledSchemas> {
  const mistakes: Mistake[] = [];
  const made = new Map<string, SourceChecks>();
  for (const { name, schemas, provider } of sources) {
    const entries: [string, SchemaCheck][] = [];
    for (const [types, schema] of Object.entries(schemas ?? {})) {
      const check = await checkOf(
        schema,
        provider && probing ? await probing(provider, types) : [],
      );
      if (typeof check === "function") entries.push([types, check]);
      else mistakes.push({ path: `sources.${name}.schemas.${types}`, ...check });
    }
    if (entries.length > 0) made.set(name, sourceChecks(entries));
  }
  return { checks: made.size === 0 ? noChecks : made, mistakes };
}

/** The checks of sources' schemas. Throws CONFIG_INVALID with every one that can't be used. */
export async function openChecks(sources: readonly Holder[]): Promise<Checks> {
  const { checks, mistakes } = await compileSchemas(sources);
  if (mistakes.length === 0) return checks;
  const lines = mistakes.map(
    ({ path, expected, hint }) => `${path}: expected ${expected} (${hint})`,
  );
  throw new GatewayError("CONFIG_INVALID", lines.join("\n"));
}

type Fault = Pick<Mistake, "expected" | "hint">;

async function checkOf(
  schema: EventSchema,
  samples: readonly unknown[],
): Promise<SchemaCheck | Fault> {
  if (!isStandardSchema(schema)) return jsonCheck(schema);
  const isLate = samples.some((sample) => laterAnswer(schema, sample) !== undefined);
  if (!isLate && !(await answersNothingLater(schema))) return standardCheck(schema);
  return {
    expected: "a schema that answers at once",
    hint: "it returns a promise, as Zod does for a check that throws: leave out what is asynchronous, and look that up where the event is handled",
  };
}

/**
 * Whether it is asynchronous for no event at all. Zod runs a check that has thrown once more, as if it were
 * asynchronous; one that reads parts of the event throws here, and not for events. So only a promise that is kept counts.
 */
async function answersNothingLater(schema: StandardSchema): Promise<boolean> {
  const later = laterAnswer(schema, undefined);
  if (later === undefined) return false;
  const kept = later.then(
    () => true,
    () => false,
  );
  return Promise.race([kept, setTimeout(mostProbeMs, true, { ref: false })]);
}

async function jsonCheck(schema: JsonSchema): Promise<SchemaCheck | Fault> {
  try {
    const { jsonSchemaCheck } = await import("./json-schema-checks.ts");
    return jsonSchemaCheck(schema);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") {
      return { expected: "the package ajv, which checks JSON Schemas", hint: "npm install ajv" };
    }
    return { expected: "a JSON Schema", hint: messageOf(error) };
  }
}
