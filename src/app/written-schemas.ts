/** Schemas as the JSON form has them: a JSON Schema, the path of a file with one, or a module that exports one. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { messageOf } from "../core/errors.ts";
import type { Mistake } from "../core/mistakes.ts";

type Json = Readonly<Record<string, unknown>>;

/** Where schemas are read from, and where mistakes go. */
type Reading = { readonly url: string; readonly mistakes: Mistake[] };

/** Reads what stands under `schemas` of the source at `path`; what can't be read is a mistake, and left out. */
export function schemasFrom(written: unknown, path: string, reading: Reading): unknown {
  if (typeof written !== "object" || written === null || Array.isArray(written)) return written;
  const made: Record<string, unknown> = {};
  for (const [types, value] of Object.entries(written)) {
    try {
      made[types] = schemaFrom(value, reading.url);
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

/** At once, since an application mounts a gateway where it can't wait. */
function schemaFrom(value: unknown, url: string): unknown {
  if (typeof value === "string") return JSON.parse(readFileSync(new URL(value, url), "utf8"));
  const module = moduleIn(value);
  if (module === undefined) return value;
  const loaded: Json = createRequire(url)(fileURLToPath(new URL(module, url)));
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
