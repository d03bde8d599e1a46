/** What validators that ajv has made say, and which of them is a schema's. Without ajv: a function on AWS has them compiled. */
import { createHash } from "node:crypto";
import { issuesText, type JsonSchema, type SchemaCheck } from "../core/schemas.ts";

type AjvError = { readonly instancePath: string; readonly message?: string | undefined };

/** What ajv makes of a schema; after each call it has what the value lacks. */
export type Validator = ((payload: unknown) => unknown) & {
  errors?: readonly AjvError[] | null | undefined;
};

/** The check that a validator is. */
export function checkBy(validate: Validator): SchemaCheck {
  return (payload) => {
    if (validate(payload) === true) return undefined;
    return { detail: issuesText((validate.errors ?? []).map(issueOf)), isFault: false };
  };
}

/** By what a schema's validator is found again: what it says, since it has no name. */
export function keyOf(schema: JsonSchema): string {
  return createHash("sha256").update(JSON.stringify(schema)).digest("base64url");
}

/** The check of a JSON Schema by the validators that were compiled. Throws where it isn't among them. */
export function checkAmong(
  validators: Readonly<Record<string, Validator>>,
): (schema: JsonSchema) => SchemaCheck {
  return (schema) => {
    const validate = validators[keyOf(schema)];
    if (validate !== undefined) return checkBy(validate);
    throw new Error(
      "it was another, or none, when the stack was synthesized: let it follow from nothing but the config and the variables of the prop `environment`, and deploy again",
    );
  };
}

function issueOf({ instancePath, message = "doesn't fit" }: AjvError) {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { message, path };
}
