/** Where things stand in a config: the value at a path, and the schema that it is held against. */
import * as z from "zod";
import { unwrap } from "./schema-words.ts";

/** The options that an object schema knows at a path. */
export function keysAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
  given?: unknown,
): readonly string[] {
  const found = schemaAt(schema, path, given);
  if (found instanceof z.ZodUnion) {
    return found.options.flatMap((option) => keysAt(option, []));
  }
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** The schema of what stands at a path; undefined where there is none. */
export function schemaAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
  given: unknown,
): z.core.$ZodType | undefined {
  let found: z.core.$ZodType | undefined = branchOf(unwrap(schema), given);
  for (const [depth, key] of path.entries()) {
    if (found instanceof z.ZodObject) found = found.shape[String(key)];
    else if (found instanceof z.ZodArray) found = found.element;
    else if (found instanceof z.ZodRecord) found = found.valueType;
    else return undefined;
    found = found && branchOf(unwrap(found), at(given, path.slice(0, depth + 1)));
  }
  return found;
}

/** Of a union whose branches one name tells apart, the branch that was given. */
function branchOf(schema: z.core.$ZodType, given: unknown): z.core.$ZodType {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const { options, discriminator } = schema.def;
  const chosen = at(given, [discriminator]);
  const isChosen = (option: z.core.$ZodType): boolean => {
    const mark = option instanceof z.ZodObject ? option.shape[discriminator] : undefined;
    return mark instanceof z.ZodLiteral && mark.values.has(chosen as string);
  };
  return options.find(isChosen) ?? schema;
}

/** The value at a path; undefined where there is none. */
export function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

/** A path as it is shown, such as `sources.shop.secrets[0]`. */
export function joinPath(base: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, base);
}
