import { expect, test } from "vitest";
import { folded } from "./fold.ts";

test("a long line is broken between words, and goes on further in", () => {
  expect(folded("the quick brown fox jumps over", 16)).toBe("the quick brown\n  fox jumps over");
  expect(folded("  in: the quick brown", 14, 4)).toBe("  in: the\n      quick\n      brown");
});

test("what fits, or has no end, stays", () => {
  expect(folded("A   B   C", 9)).toBe("A   B   C");
  expect(folded("x ".repeat(500), Number.POSITIVE_INFINITY)).toHaveLength(1000);
});

test("an id, an address and a command stay whole", () => {
  expect(folded("do see 0199aaaa-0000-7000-8000-000000000000 now", 20)).toBe(
    "do see\n  0199aaaa-0000-7000-8000-000000000000\n  now",
  );
  expect(folded("Start it (`surehook start --local`), or wait.", 20)).toBe(
    "Start it\n  (`surehook start --local`),\n  or wait.",
  );
});

test("so do a time, and a few words in brackets", () => {
  expect(folded("made: 2026-11-21 09:06:09 +01:00 (5s ago)", 36)).toBe(
    "made: 2026-11-21 09:06:09 +01:00\n  (5s ago)",
  );
});

test("what fits nowhere stays beside its name", () => {
  expect(folded("id: 0199aaaa-0000-7000-8000-000000000000", 20)).toBe(
    "id: 0199aaaa-0000-7000-8000-000000000000",
  );
});

test("colour takes no room", () => {
  expect(folded("\u001b[1mid:\u001b[22m 12345", 9)).toBe("\u001b[1mid:\u001b[22m 12345");
});
