/** Checks of JSON Schemas, by ajv. A file of its own: ajv is an optional peer, and is bundled only where it is used. */
import { Ajv, type ErrorObject } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import { issuesText, type JsonSchema, type SchemaCheck } from "../core/schemas.ts";

/** Formats are not looked at, since what they mean is each library's own; a word that is unknown is an annotation. */
const settings = { strict: false, validateFormats: false, logger: false } as const;

/** The check of a JSON Schema of draft 2020-12, or of the draft that its `$schema` names. Throws where it is none. */
export function jsonSchemaCheck(schema: JsonSchema): SchemaCheck {
  if (schema["$async"] === true) throw new Error('it says "$async", and must answer at once');
  const validate = compilerFor(schema).compile(schema);
  return (payload) => {
    if (validate(payload) === true) return undefined;
    return { detail: issuesText((validate.errors ?? []).map(issueOf)), isFault: false };
  };
}

function compilerFor({ $schema = "" }: JsonSchema): Pick<Ajv, "compile"> {
  const draft = String($schema);
  if (/draft-0[67]/.test(draft)) return new Ajv(settings);
  return draft.includes("2019-09") ? new Ajv2019(settings) : new Ajv2020(settings);
}

function issueOf({ instancePath, message = "doesn't fit" }: ErrorObject) {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { message, path };
}
