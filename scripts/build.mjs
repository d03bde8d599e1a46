/** `npm run build`: writes `dist/`, which is what is published: `.js` with `.d.ts`, and the JSON files beside the sources. */
import { chmodSync, cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { environmentFor, prepare, root, run, runScript, ScriptError } from "./bootstrap.mjs";

await runScript(async () => {
  const node = await prepare();
  const dist = join(root, "dist");
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, "node_modules", "typescript7", "bin", "tsc");
  const code = await run(node, [tsc, "--project", "tsconfig.build.json"], environmentFor(node));
  if (code !== 0) return code;
  copyJson(dist);
  makeExecutable(dist);
  return 0;
});

/** tsc copies only the JSON that is imported. */
function copyJson(/** @type {string} */ dist) {
  cpSync(join(root, "src"), dist, {
    recursive: true,
    filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith(".json"),
  });
}

function makeExecutable(/** @type {string} */ dist) {
  const bin = join(dist, "cli", "main.js");
  if (!existsSync(bin) || !readFileSync(bin, "utf8").startsWith("#!")) {
    throw new ScriptError(
      "src/cli/main.ts, the package's bin, must be there and begin with a #! line.",
    );
  }
  chmodSync(bin, 0o755);
}
