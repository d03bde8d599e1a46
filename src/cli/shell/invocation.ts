/** The words with which this program was started, so that what is printed can be pasted. */
import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../app/config.ts";
import { usualConfig } from "../../app/find-config.ts";

/** `src/cli/` in the repository, `dist/cli/` in the package. */
const folder = new URL("../", import.meta.url);
const root = new URL("../../", folder);

type Manifest = {
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
};

/** The package's version. */
export function ownVersion(): string {
  return manifest().version;
}

/** The words before a command: `npx surehook`, or in a clone of the repository what runs the sources. */
export function invocation(): string {
  return folder.pathname.endsWith("/src/cli/") ? fromSources() : fromPackage();
}

/** The words that name a config to a command; none where it is found without. */
export function configWords(
  path: string,
  { config }: Pick<Environment, "config">,
): readonly string[] {
  return config === undefined && path === usualConfig() ? [] : ["--config", shortest(path)];
}

/** A word for a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function fromSources(): string {
  const isHere = fileURLToPath(root) === `${process.cwd()}${sep}`;
  if (isHere && manifest().scripts?.surehook !== undefined) {
    return "npm run --silent surehook --";
  }
  return fromNode(fileURLToPath(new URL("main.ts", folder)));
}

function fromPackage(): string {
  const started = process.argv[1] ?? "";
  if (/[\\/]node_modules[\\/]\.bin[\\/]/.test(started)) return "npx surehook";
  if (/[\\/]surehook(\.cmd)?$/.test(started)) return "surehook";
  return fromNode(fileURLToPath(new URL("main.js", folder)));
}

/** A Node.js that a project installed for itself isn't the one on the PATH. */
function fromNode(script: string): string {
  const { execPath } = process;
  const node = /[\\/]node_modules[\\/]/.test(execPath) ? shortest(execPath) : "node";
  const options = process.execArgv.filter((option) => option.startsWith("--env-file"));
  return [node, ...options, shortest(script)].map(quoted).join(" ");
}

function shortest(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith("..") ? path : near;
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as Manifest;
}
