/** The JSON form of a config, read where it lies. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Mistake } from "../core/mistakes.ts";
import { destinations } from "../destinations/index.ts";
import { type JsonFault, jsonFault } from "../kit/json-fault.ts";
import { providers } from "../providers/index.ts";
import { loadedAliveAtOnce } from "./hold-exit.ts";
import { definitionFrom, type JsonDefinition } from "./json-definition.ts";

/** Reads the JSON form; modules are resolved against the file's address. */
export function definitionFromJson(text: string, url: string): JsonDefinition {
  const source = text.replace(/^\uFEFF/, "");
  const fault = jsonFault(source);
  if (fault !== undefined) return { definition: undefined, mistakes: [noJson(fault)] };
  const json: unknown = JSON.parse(source);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { definition: json, mistakes: [] };
  }
  return definitionFrom(
    { ...json },
    {
      providers,
      kinds: Object.values(destinations),
      // At once, since an application mounts a gateway where it can't wait.
      module: (path) =>
        loadedAliveAtOnce(() => createRequire(url)(fileURLToPath(new URL(path, url)))),
      json: (path) => JSON.parse(readFileSync(new URL(path, url), "utf8")),
    },
  );
}

function noJson({ line, column, expected }: JsonFault): Mistake {
  return {
    path: "",
    expected: `JSON, with ${expected} at line ${line}, column ${column}`,
    hint: "JSON has no comments, no comma after the last one, and all names in double quotes",
  };
}
