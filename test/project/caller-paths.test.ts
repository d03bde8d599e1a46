import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { callersFolder, environmentFrom, wordsFrom } from "../../scripts/caller-paths.mjs";

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
