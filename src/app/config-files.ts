/** The files that a config is made of: itself, and what it leads to by relative paths, at any depth. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A relative path in quotes: of an import, of a module or schema in JSON, of a `new URL`. */
const relative = /["'`](\.{1,2}\/[^"'`\n]+)["'`]/g;
const withPaths = /\.(?:[cm]?[jt]s|json)$/;

/** Paths of the config and of all files that it leads to, those of packages left out. */
export function filesBehind(config: string): readonly string[] {
  const found = new Set([config]);
  // A set is walked on while it grows.
  for (const file of found) {
    for (const path of pathsIn(file)) if (isFile(path)) found.add(path);
  }
  return [...found];
}

/** Tells one state of files from another: when each was written last, and its size. */
export function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
      return `${file}:${mtimeMs}:${size}`;
    })
    .join("\n");
}

function pathsIn(file: string): readonly string[] {
  if (!withPaths.test(file) || file.includes("/node_modules/")) return [];
  return [...textOf(file).matchAll(relative)].map(([, path = ""]) => resolve(dirname(file), path));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It is gone for a moment while an editor writes it; its state says so.
    return "";
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
