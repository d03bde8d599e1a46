import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** `file:///…/x.ts:3:5` or `/…/x.ts:3`, alone on its line or in a line of a stack. */
const position = /(?:^|\(|at )((?:file:\/\/)?\/[^\n()]*?):(\d+)(?::(\d+))?\)?$/gm;

/** `src/` in the repository, `dist/` in the package: where nobody has a config to mend. */
const own = fileURLToPath(new URL("../", import.meta.url));

/** Where an import of `file` failed, as `path:line:column`, as far as it can be found; else the file. */
export function placeOf(error: unknown, file: string): string {
  const found = positionIn(error instanceof Error ? (error.stack ?? "") : "");
  if (found !== undefined) return found;
  return (error instanceof SyntaxError ? checked(file) : undefined) ?? file;
}

/** For a syntax error in JavaScript Node tells the line to nobody but who asks with `--check`. */
function checked(file: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8" });
  return positionIn(stderr.split("\n", 1)[0] ?? "");
}

function positionIn(text: string): string | undefined {
  for (const [, address = "", line, column] of text.matchAll(position)) {
    const path = address.startsWith("file:") ? fileURLToPath(address) : address;
    // V8 says line 1 of what a module's own first statement can't find, wherever that stands.
    const isDoubtful = line === "1" && column !== undefined;
    if (path.startsWith(own)) continue;
    return isDoubtful ? path : [path, line, ...(column === undefined ? [] : [column])].join(":");
  }
  return undefined;
}
