/**
 * The value at a dotted path (`data.object.id`, `items.0.id`); undefined where a step is missing.
 * Only own properties are followed, so that `constructor` or `__proto__` never resolve.
 */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const step of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

/** The text at a dotted path: a non-empty string, or a finite number as text; else undefined. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = valueAt(value, path);
  if (typeof found === "string" && found !== "") return found;
  return typeof found === "number" && Number.isFinite(found) ? String(found) : undefined;
}

/** JSON of bytes, or undefined where they aren't JSON in UTF-8. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
