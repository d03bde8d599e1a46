/** What a schema wants, in words for people: the schema library's own words are for programs. */
import * as z from "zod";

/** A secret where a text was written, in either form of the config. */
export const secretWords = 'a secret by its name: secret("NAME"), in JSON { "secret": "NAME" }';

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What a schema wants; undefined where only its own text can say. */
export function wordsFor(schema: z.core.$ZodType): string | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return objectWords(bare);
  if (bare instanceof z.ZodArray) return listWords(bare);
  if (bare instanceof z.ZodEnum) return choiceOf(bare.options);
  if (bare instanceof z.ZodNumber && bare.isInt) return typeWords["int"];
  return typeWords[bare._zod.def.type];
}

/** `"a" or "b"`. */
export function choiceOf(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}

/** What a type of the schema library is called here. */
export function typeWord(type: string): string {
  return typeWords[type] ?? type;
}

/** The schema behind `optional` and defaults. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wraps ? unwrap(schema.def.innerType) : schema;
}

/** Whether a schema is of a reference to a secret. */
export function isSecretRef(schema: z.core.$ZodType): boolean {
  const bare = unwrap(schema);
  const kind = bare instanceof z.ZodObject ? bare.shape["kind"] : undefined;
  return kind instanceof z.ZodLiteral && kind.value === "secret";
}

/** An object by the names that it must have, or where none must be there, by those that it may have. */
function objectWords(schema: z.ZodObject): string {
  if (isSecretRef(schema)) return secretWords;
  const { shape } = schema;
  const names = Object.keys(shape);
  const needed = names.filter((name) => shape[name] && unwrap(shape[name]) === shape[name]);
  return `{ ${(needed.length > 0 ? needed : names).join(", ")} }`;
}

function listWords({ element }: z.ZodArray): string {
  const inner = wordsFor(element);
  return inner === undefined || inner === "a text" ? "a list" : `a list, each ${inner}`;
}
