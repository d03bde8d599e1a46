import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { messageOf } from "../core/errors.ts";

/** `file:///…/x.ts:3:5` or `/…/x.ts:3`, alone on its line or in a line of a stack. */
const position = /(?:^|\(|at )((?:file:\/\/)?\/[^\n()]*?):(\d+)(?::(\d+))?\)?$/gm;

/** What Node shows below a position without a column: lines of the source, and a mark below the last. */
const marked = /^\n(?:.*\n){1,3}?([ \t]*)\^/;

/** `src/` in the repository, `dist/` in the package: where nobody has a config to mend. */
const own = fileURLToPath(new URL("../", import.meta.url));

/** Where an import of `file` failed, as `path:line:column`, as far as it can be found; else the file. */
export function placeOf(error: unknown, file: string): string {
  const found = placeIn(error instanceof Error ? (error.stack ?? "") : "");
  if (found !== undefined)
    return textOf(found.line === undefined ? firstUse(error, found.path) : found);
  return (error instanceof SyntaxError ? checked(file) : undefined) ?? file;
}

type Place = {
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
};

/** For a syntax error in JavaScript Node tells the line to nobody but who asks with `--check`. */
function checked(file: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8" });
  const found = placeIn(stderr);
  return found && textOf(found);
}

function placeIn(text: string): Place | undefined {
  for (const match of text.matchAll(position)) {
    const [whole, address = "", line, told] = match;
    const path = address.startsWith("file:") ? fileURLToPath(address) : address;
    if (path.startsWith(own)) continue;
    // V8 says so of what a module's own first statement can't find, wherever that stands.
    if (line === "1" && told === "1") return { path };
    const mark = marked.exec(text.slice(match.index + whole.length))?.[1];
    const column = told === undefined ? columnOf(mark) : Number(told);
    return { path, line: Number(line), column };
  }
  return undefined;
}

function columnOf(before: string | undefined): number | undefined {
  return before === undefined ? undefined : before.length + 1;
}

/** Where a module first has the name that it can't find; comments are not looked at. */
function firstUse(error: unknown, path: string): Place {
  const name = /^([\w$]+) is not defined$/.exec(messageOf(error))?.[1];
  if (name === undefined) return { path };
  const text = readFileSync(path, "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, blank);
  const at = text.search(new RegExp(`(?<![\\w$.])${name.replaceAll("$", "\\$&")}(?![\\w$])`));
  if (at < 0) return { path };
  const before = text.slice(0, at).split("\n");
  return { path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function blank(line: string): string {
  return line.replaceAll(/[^\n]/g, " ");
}

function textOf({ path, line, column }: Place): string {
  return [path, line, column].filter((part) => part !== undefined).join(":");
}
