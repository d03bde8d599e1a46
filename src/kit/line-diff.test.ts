import fc from "fast-check";
import { expect, test } from "vitest";
import { lineDiff } from "./line-diff.ts";

const told = (before: string, after: string): string =>
  lineDiff(before, after)
    .map(({ sign, text }) => `${sign}${text}`)
    .join("\n");

test("shows what goes and what comes, with two lines around", () => {
  expect(told("a\nb\nc\nd\ne\nf", "a\nb\nc\nX\ne\nf")).toBe(" b\n c\n-d\n+X\n e\n f");
});

test("leaves out what is far from a change", () => {
  const many = Array.from({ length: 9 }, (_, at) => String(at)).join("\n");
  expect(told(`first\n${many}\nlast`, `1st\n${many}\n-`)).toBe(
    "-first\n+1st\n 0\n 1\n …\n 7\n 8\n-last\n+-",
  );
});

test("says nothing where there is no difference", () => {
  expect(told("a\nb", "a\nb")).toBe("");
});

test("keeps every line of both texts that isn't in the other", () => {
  const line = fc.constantFrom("a", "b", "c");
  const text = fc.array(line, { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before.join("\n"), after.join("\n"));
      const count = (sign: string): number => lines.filter((one) => one.sign === sign).length;
      // "".split gives one empty line.
      const length = (all: readonly string[]): number => Math.max(1, all.length);
      expect(count("+") - count("-")).toBe(length(after) - length(before));
    }),
  );
});
