import { expect, test } from "vitest";
import { putLast } from "./put-last.ts";

test("what is put in a full map takes the place of what was put in longest ago", () => {
  const map = new Map<string, number>();
  for (const [at, name] of ["a", "b", "a", "c"].entries()) putLast(map, [name, at], 2);
  expect([...map]).toEqual([
    ["a", 2],
    ["c", 3],
  ]);
});
