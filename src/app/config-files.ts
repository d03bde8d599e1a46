/**
 * The modules and JSON files that a config is made of: itself, and what it leads to by paths, at any depth.
 * Nothing else that a module names: a handler may write it, at each event (`new URL("./seen.txt", …)`).
 */
import { readFileSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A path in quotes: of an import, of a module or schema in JSON, of a `new URL`. */
const quoted = /["'`]([^"'`\n]+\.(?:[cm]?[jt]s|json))["'`]/g;

const withPaths = /\.(?:[cm]?[jt]s|json)$/;

/** Another text where a file is another one. */
type FileState = string;

/** The states of files, by their paths. */
export type FileStates = ReadonlyMap<string, FileState>;

/** Paths of the config and of all files that it leads to, also of those that aren't there yet; what packages lead to is left out. */
export function filesBehind(config: string): readonly string[] {
  const found = new Set([config]);
  // A set is walked on while it grows.
  for (const file of found) {
    for (const path of pathsIn(file)) if (!isFolder(path)) found.add(path);
  }
  return [...found];
}

/** The states of files as they are now. */
export function statesOf(files: Iterable<string>): FileStates {
  return new Map([...files].map((file) => [file, stateOf(file)]));
}

/**
 * Whether a file is another one than it was `known`, and has stood still since the look `before`. Each file
 * by itself: one that is written without end holds up no other.
 */
export function hasSettledChange(
  now: FileStates,
  { known, before }: { readonly known: FileStates; readonly before: FileStates },
): boolean {
  return [...now].some(([file, state]) => state !== known.get(file) && state === before.get(file));
}

/** One that may be read at last, or took the other's place, is another one too. */
function stateOf(file: string): FileState {
  const { mtimeMs, size, ino, mode } = statsOf(file) ?? {};
  return [mtimeMs, size, ino, mode].join(":");
}

function pathsIn(file: string): readonly string[] {
  if (!withPaths.test(file) || file.includes("/node_modules/")) return [];
  return [...textOf(file).matchAll(quoted)].map(([, path = ""]) => resolve(dirname(file), path));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It is gone for a moment while an editor writes it; its state says so.
    return "";
  }
}

function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false;
}

/** Undefined also for what only looks like a path, and for what this user may not see. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
