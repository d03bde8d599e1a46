/** The example of handlers on AWS Lambda is what the generator writes, and its own tests pass. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import {
  addedByHand,
  exampleCommand,
  exampleFolder,
  leftOut,
} from "../../scripts/docs/example-files.ts";

const run = promisify(execFile);
const example = join(root, exampleFolder);

/** Every file but what a run of it leaves. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !/(?:^|\/)(?:cdk\.out|\.surehook)\//.test(path));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

function without(files: Readonly<Record<string, string>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !names.includes(path)));
}

test("it is what its command writes (node scripts/write-docs.ts writes it)", async () => {
  const folder = mkdtempSync(join(tmpdir(), "surehook-example-"));
  const [, ...words] = exampleCommand.split(" ");
  const main = join(root, "src", "cli", "main.ts");
  await run(process.execPath, ["--no-warnings", main, ...words], { cwd: folder });
  const written = filesOf(folder);
  rmSync(folder, { recursive: true, force: true });
  expect(Object.keys(written)).toEqual(expect.arrayContaining([...leftOut]));
  expect(without(filesOf(example), addedByHand)).toEqual(without(written, leftOut));
});

test("it says by which command", () => {
  expect(readFileSync(join(example, "README.md"), "utf8")).toContain(exampleCommand);
});

test("its own tests pass", async () => {
  const names = readdirSync(join(example, "tests/webhooks"));
  const tests = names
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("tests/webhooks", name));
  const words = ["--no-warnings", "--conditions=surehook-source", "--test", ...tests];
  const { stdout } = await run(process.execPath, words, { cwd: example });
  expect(stdout).toMatch(/pass [1-9]/);
});
