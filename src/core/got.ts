/** What was given where something else was expected, in words for people. */
import * as z from "zod";
import { unwrap } from "./schema-words.ts";
import { secretRef } from "./secret-ref.ts";

const gotWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  function: "a function",
};

/** Says what kind of thing was given, never the value: it may be a secret in the wrong place. */
export function got(value: unknown): string | undefined {
  if (value === undefined) return "it is missing";
  if (value === null) return "got null";
  if (value === "") return "got an empty text";
  if (Array.isArray(value) && value.length === 0) return "got an empty list";
  if (Array.isArray(value)) return "got a list";
  if (secretRef.safeParse(value).success) return "got a secret";
  if (typeof value === "object") return `got ${keysText(Object.keys(value))}`;
  return `got ${gotWords[typeof value] ?? typeof value}`;
}

/** As `got`, but that it is a text says nothing where one of another form was expected; for a list, one item is near. */
export function gotInPlaceOf(
  value: unknown,
  schemas: readonly (z.core.$ZodType | undefined)[],
): string | undefined {
  if (schemas.some((schema) => isItemOf(schema, value))) return `${got(value)}: put it in brackets`;
  return typeof value === "string" && value !== "" && schemas.some(isText) ? undefined : got(value);
}

function isItemOf(schema: z.core.$ZodType | undefined, value: unknown): boolean {
  const list = schema && unwrap(schema);
  return list instanceof z.ZodArray && z.safeParse(list.element, value).success;
}

function isText(schema: z.core.$ZodType | undefined): boolean {
  return schema !== undefined && unwrap(schema)._zod.def.type === "string";
}

/** Names of options, of which an object has few where it isn't something else altogether. */
function keysText(keys: readonly string[]): string {
  return keys.length > 0 && keys.length <= 4 ? `{ ${keys.join(", ")} }` : "an object";
}
