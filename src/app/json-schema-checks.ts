/** Checks of JSON Schemas, by ajv. A file of its own: ajv is an optional peer, and is loaded only where it is used. */
import { Ajv, type CodeOptions } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import type { JsonSchema, SchemaCheck } from "../core/schemas.ts";
import { checkBy } from "./json-schema-answers.ts";

/** Formats are not looked at, since what they mean is each library's own; a word that is unknown is an annotation. */
const settings = { strict: false, validateFormats: false, logger: false } as const;

/** The check of a JSON Schema of draft 2020-12, or of the draft that its `$schema` names. Throws where it is none. */
export function jsonSchemaCheck(schema: JsonSchema): SchemaCheck {
  refuseLater(schema);
  return checkBy(compilerFor(schema).compile(schema));
}

/** The same check as a module, whose default is the validator; of ajv it imports small parts only. Throws where the schema is none. */
export function jsonSchemaModule(schema: JsonSchema): string {
  refuseLater(schema);
  const compiler = compilerFor(schema, { source: true, esm: true });
  return standalone.default(compiler, compiler.compile(schema));
}

function refuseLater(schema: JsonSchema): void {
  if (schema["$async"] === true) throw new Error('it says "$async", and must answer at once');
}

function compilerFor({ $schema = "" }: JsonSchema, code: CodeOptions = {}): Ajv {
  const draft = String($schema);
  if (/draft-0[67]/.test(draft)) return new Ajv({ ...settings, code });
  return draft.includes("2019-09")
    ? new Ajv2019({ ...settings, code })
    : new Ajv2020({ ...settings, code });
}
