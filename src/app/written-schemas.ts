/** Schemas as the JSON form has them: a JSON Schema, the path of a file with one, or a module that exports one. */
import { messageOf } from "../core/errors.ts";
import type { Mistake } from "../core/mistakes.ts";

type Json = Readonly<Record<string, unknown>>;

/** How what a path of a config names is had, at once. Both throw where it can't be. */
export type Loading = {
  readonly module: (path: string) => Json;
  readonly json: (path: string) => unknown;
};

/** How schemas are had, and where mistakes go. */
type Reading = Loading & { readonly mistakes: Mistake[] };

/** Reads what stands under `schemas` of the source at `path`; what can't be read is a mistake, and left out. */
export function schemasFrom(written: unknown, path: string, reading: Reading): unknown {
  if (typeof written !== "object" || written === null || Array.isArray(written)) return written;
  const made: Record<string, unknown> = {};
  for (const [types, value] of Object.entries(written)) {
    try {
      made[types] = schemaFrom(value, reading);
    } catch (error) {
      reading.mistakes.push({
        path: `${path}.schemas.${types}`,
        expected: expectedOf(value),
        hint: messageOf(error),
      });
    }
  }
  return made;
}

function expectedOf(value: unknown): string {
  return typeof value === "string"
    ? "the path of a JSON Schema's file"
    : "a module that exports `schema`, or has it as its default";
}

function schemaFrom(value: unknown, loading: Loading): unknown {
  if (typeof value === "string") return loading.json(value);
  const module = moduleIn(value);
  if (module === undefined) return value;
  const loaded = loading.module(module);
  const found = loaded["schema"] ?? loaded["default"];
  if (found === undefined) throw new Error("it exports neither");
  return found;
}

/** `{ "module": "./x.ts" }` and nothing else: with more beside it, it is a JSON Schema. */
function moduleIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("module" in value)) return undefined;
  const isAlone = Object.keys(value).length === 1;
  return isAlone && typeof value.module === "string" ? value.module : undefined;
}
