/** What `npm start` and `npm test` install, by the real npm, from packages that are made here. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { scratch } from "../support/gateway-process.ts";

const place = scratch("installing");
let clone = "";
let clones = 0;

afterAll(() => place.remove());

/** Runs a program that must succeed. */
function run(program: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stdout}${stderr}`);
  return stderr;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value));
}

/** A package as a file beside the clones. */
function pack(name: string, version = "1.0.0"): void {
  const folder = join(place.path, "packages", `${name}-${version}`);
  mkdirSync(folder, { recursive: true });
  writeJson(join(folder, "package.json"), { name, version });
  run("npm", ["pack", "--silent", "--pack-destination", place.path], folder);
}

/** Writes what the clone asks for; its lock file is made where nothing is installed. */
function lock(runVersion: string): void {
  const folder = join(place.path, `lock-${runVersion}`);
  mkdirSync(folder, { recursive: true });
  writeJson(join(folder, "package.json"), {
    name: "clone",
    version: "1.0.0",
    dependencies: { runs: `file:../runs-${runVersion}.tgz` },
    devDependencies: { tests: "file:../tests-1.0.0.tgz" },
  });
  run("npm", ["install", "--package-lock-only", "--offline", "--silent"], folder);
  for (const name of ["package.json", "package-lock.json"]) {
    copyFileSync(join(folder, name), join(clone, name));
  }
}

/** What a script does first; what it says meanwhile. */
function prepare(options: { readonly production?: boolean } = {}): string {
  const { href } = pathToFileURL(join(clone, "scripts", "bootstrap.mjs"));
  const code = `import { prepare } from ${JSON.stringify(href)}; await prepare(${JSON.stringify(options)});`;
  return run(process.execPath, ["--input-type=module", "-e", code], clone);
}

const start = { production: true };
const fileOf = (name: string) => join(clone, "node_modules", name, "package.json");
const versionOf = (name: string) => JSON.parse(readFileSync(fileOf(name), "utf8")).version;

beforeAll(() => {
  pack("runs");
  pack("runs", "2.0.0");
  pack("tests");
});

beforeEach(() => {
  clones += 1;
  clone = join(place.path, `clone-${clones}`);
  mkdirSync(join(clone, "scripts"), { recursive: true });
  copyFileSync(join(root, "scripts", "bootstrap.mjs"), join(clone, "scripts", "bootstrap.mjs"));
  lock("1.0.0");
});

describe("a start in a fresh clone", () => {
  test("installs what runs, and nothing that only tests need", () => {
    expect(prepare(start)).toContain("1 package is missing");
    expect([existsSync(fileOf("runs")), existsSync(fileOf("tests"))]).toEqual([true, false]);
    expect(prepare(start)).toBe("");
  });

  test("is followed by tests that add the rest, and leave alone what a gateway may be reading", () => {
    prepare(start);
    const { ino, ctimeMs } = statSync(fileOf("runs"));
    const locked = readFileSync(join(clone, "package-lock.json"), "utf8");
    expect(prepare()).toContain("1 package is missing");
    expect(existsSync(fileOf("tests"))).toBe(true);
    expect(statSync(fileOf("runs"))).toMatchObject({ ino, ctimeMs });
    expect(readFileSync(join(clone, "package-lock.json"), "utf8")).toBe(locked);
    expect(prepare()).toBe("");
  });
});

describe("a start behind tests", () => {
  test("installs nothing", () => {
    prepare();
    expect([existsSync(fileOf("runs")), existsSync(fileOf("tests"))]).toEqual([true, true]);
    expect(prepare(start)).toBe("");
  });

  test("uninstalls nothing, also where the lock file asks for another version by now", () => {
    prepare();
    lock("2.0.0");
    expect(prepare(start)).toContain("1 package is missing");
    expect(versionOf("runs")).toBe("2.0.0");
    expect(existsSync(fileOf("tests"))).toBe(true);
  });
});
