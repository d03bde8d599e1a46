import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const registerHook = new URL("./register-hook.ts", import.meta.url).href;
const addressOf = (path: string) => new URL(`../${path}`, import.meta.url).href;
const prints = (code: string) => `process.stdout.write(${code} + "\\n");`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-hook-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Runs a module with the hook, as the gateway runs a config. */
function run(file: string): { readonly lines: readonly string[]; readonly errors: string } {
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", registerHook, file], {
    encoding: "utf8",
  });
  return { lines: stdout.trim().split("\n"), errors: stderr };
}

test("a config in a folder without node_modules gets the running package", () => {
  const config = write(
    "surehook.config.ts",
    `import { stripe } from "surehook/providers";
     ${prints("(stripe satisfies unknown).name")}
     ${prints('import.meta.resolve("surehook")')}
     ${prints('import.meta.resolve("surehook/providers")')}
     ${prints('import.meta.resolve("surehook/destinations")')}`,
  );
  expect(run(config)).toEqual({
    lines: [
      "stripe",
      addressOf("index.ts"),
      addressOf("providers/index.ts"),
      addressOf("destinations/index.ts"),
    ],
    errors: "",
  });
});

test("another copy beside the config isn't taken", () => {
  const manifest = { name: "surehook", type: "module", exports: { "./providers": "./p.js" } };
  write("node_modules/surehook/package.json", JSON.stringify(manifest));
  write("node_modules/surehook/p.js", "");
  const config = write("c.mts", prints('import.meta.resolve("surehook/providers")'));
  expect(run(config).lines).toEqual([addressOf("providers/index.ts")]);
});

test("require gets it too", () => {
  const config = write("c.cjs", prints('require.resolve("surehook/providers")'));
  expect(run(config).lines).toEqual([new URL(addressOf("providers/index.ts")).pathname]);
});

test("what the package doesn't export is refused by name", () => {
  const config = write("c.mts", 'import "surehook/engines";');
  expect(run(config).errors).toContain("'./engines' is not defined by \"exports\"");
});

test("other packages are found as without the hook", () => {
  write("node_modules/surehookery/index.js", "");
  const config = write("c.cjs", prints('require.resolve("surehookery")'));
  expect(run(config).lines[0]).toMatch(/node_modules\/surehookery\/index\.js$/);
});

test("a worker that imports register-hook.ts first has it too", () => {
  const inWorker = write("in-worker.mts", prints('import.meta.resolve("surehook/providers")'));
  const main = write(
    "main.mts",
    `import { Worker } from "node:worker_threads";
     const code = 'import(${JSON.stringify(registerHook)}).then(() => import(${JSON.stringify(inWorker)}))';
     new Worker(code, { eval: true });`,
  );
  const { stdout } = spawnSync(process.execPath, [main], { encoding: "utf8" });
  expect(stdout.trim()).toBe(addressOf("providers/index.ts"));
});
