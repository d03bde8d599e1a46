import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import {
  callersFolder,
  environmentFrom,
  wordsFrom,
  workingFolder,
} from "../../scripts/caller-paths.mjs";

test("a path of the command line is from where the caller stands", () => {
  expect(wordsFrom(["check", "-c", "a/b.ts"], "/home/x")).toEqual([
    "check",
    "-c",
    "/home/x/a/b.ts",
  ]);
  expect(wordsFrom(["check", "--config=b.ts", "--json"], "/home/x")).toEqual([
    "check",
    "--config=/home/x/b.ts",
    "--json",
  ]);
  expect(wordsFrom(["send", "s", "t", "-f../b.json", "--file", "/c"], "/home/x")).toEqual([
    ...["send", "s", "t", "-f/home/b.json", "--file", "/c"],
  ]);
  expect(wordsFrom(["check", "--config", ""], "/home/x")).toEqual(["check", "--config", ""]);
  expect(wordsFrom(["check", "-c", "b.ts"], root)).toEqual(["check", "-c", "b.ts"]);
});

test("so is the config that the environment names", () => {
  const env = { SUREHOOK_CONFIG: "b.ts", OTHER: "x" };
  expect(environmentFrom(env, "/home/x")).toEqual({ SUREHOOK_CONFIG: "/home/x/b.ts", OTHER: "x" });
  expect(environmentFrom({}, "/home/x")).toEqual({});
});

test("npm, which changes the folder, says where the caller stands", () => {
  expect(callersFolder({ npm_lifecycle_event: "surehook", INIT_CWD: "/home/x" })).toBe("/home/x");
  expect(callersFolder({ INIT_CWD: join("/home", "y") })).toBe(process.cwd());
});

test("commands run in the clone for who stands anywhere in it, else where one stands", () => {
  expect(workingFolder(root)).toBe(root);
  expect(workingFolder(join(root, "src", "cli"))).toBe(root);
  expect(workingFolder("/home/x")).toBe("/home/x");
  expect(workingFolder(`${root}-other`)).toBe(`${root}-other`);
});

test("the script started elsewhere takes the config that is there, in the clone the clone's", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "surehook-elsewhere-")));
  const script = join(root, "scripts", "surehook.mjs");
  const secrets = { STRIPE_WEBHOOK_SECRET: "a", GITHUB_WEBHOOK_SECRET: "b" };
  const more = { SHOPIFY_WEBHOOK_SECRET: "c", SIGNING_SECRET: "d", PATH: process.env.PATH };
  const checked = (cwd: string) => {
    const env = { ...secrets, ...more };
    const options = { cwd, env, encoding: "utf8" } as const;
    return spawnSync(process.execPath, [script, "check", "--json"], options);
  };
  try {
    expect(checked(folder).stdout).toContain("There is no config here");
    const quickstart = readFileSync(join(root, "surehook.config.ts"), "utf8");
    const config = join(folder, "surehook.config.ts");
    writeFileSync(
      config,
      quickstart.replace("./examples/quickstart/", `${root}/examples/quickstart/`),
    );
    expect(JSON.parse(checked(folder).stdout)).toMatchObject({
      ok: true,
      config,
      store: join(folder, ".surehook", "surehook.db"),
    });
    expect(JSON.parse(checked(join(root, "src")).stdout)).toMatchObject({
      config: join(root, "surehook.config.ts"),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
