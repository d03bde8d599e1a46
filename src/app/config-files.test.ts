import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { filesBehind, hasSettledChange, statesOf } from "./config-files.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-files-"));
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe("the files behind a config", () => {
  test("are modules and JSON at any depth, with and without ./, there or not yet", () => {
    const config = write(
      "surehook.config.ts",
      `import { target } from "./target.ts";
       const note = code(() => import('./handlers/note.ts'));
       const plain = code("handlers/plain.mjs");
       const missing = code("./missing.ts");
       const folder = file({ folder: "./events.json" });`,
    );
    const target = write("target.ts", 'import order from "./order.json" with { type: "json" };');
    const note = write("handlers/note.ts", 'import { deep } from "../deep.js";');
    const plain = write("handlers/plain.mjs", "");
    const order = write("order.json", "{}");
    const deep = write("deep.js", "");
    mkdirSync(join(folder, "events.json"));
    expect(filesBehind(config).toSorted()).toEqual(
      [config, target, note, plain, join(folder, "missing.ts"), order, deep].toSorted(),
    );
  });

  test("are not what a handler writes, nor what packages lead to", () => {
    const config = write(
      "surehook.config.ts",
      'import "./note.ts"; import "./node_modules/a/a.js";',
    );
    const note = write("note.ts", 'appendFileSync(new URL("./seen.txt", import.meta.url), id);');
    write("seen.txt", "");
    const own = write("node_modules/a/a.js", 'import "./b.js";');
    write("node_modules/a/b.js", "");
    expect(filesBehind(config)).toEqual([config, note, own]);
  });
});

test("what only looks like a path has a state too", () => {
  const odd = ["x".repeat(300), "\\u0000", "surehook.config.ts/a"].map((name) => `"./${name}.js"`);
  const config = write("surehook.config.ts", odd.join(";").replace("\\u0000", "\0"));
  const files = filesBehind(config);
  expect(files).toHaveLength(4);
  expect(new Set(statesOf(files.slice(1)).values()).size).toBe(1);
});

describe("a change of a file", () => {
  test("has settled once two looks find it the same, whatever else is being written", () => {
    const config = write("surehook.config.ts", "one");
    const busy = write("busy.json", "");
    const look = () => {
      appendFileSync(busy, "x");
      return statesOf([config, busy]);
    };
    const known = look();
    let before = look();
    expect(hasSettledChange(before, { known, before: known })).toBe(false);
    writeFileSync(config, "another");
    let now = look();
    expect(hasSettledChange(now, { known, before })).toBe(false);
    before = now;
    now = look();
    expect(hasSettledChange(now, { known, before })).toBe(true);
    expect(hasSettledChange(look(), { known: now, before: now })).toBe(false);
  });

  test("is also that it is there at last, that it may be read, and that another took its place", () => {
    const path = write("surehook.config.ts", "one");
    const [first, missing] = [statesOf([path]), statesOf([join(folder, "later.ts")])];
    const isOther = (known: typeof first) => {
      const now = statesOf(known.keys());
      return hasSettledChange(now, { known, before: now });
    };
    expect([first, missing].map(isOther)).toEqual([false, false]);
    write("later.ts", "");
    expect(isOther(missing)).toBe(true);
    chmodSync(path, 0o400);
    expect(isOther(first)).toBe(true);
    const second = statesOf([path]);
    renameSync(write("copy.ts", "two"), path);
    chmodSync(path, 0o400);
    expect(isOther(second)).toBe(true);
  });
});
