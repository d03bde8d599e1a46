import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameText } from "./same-text.ts";

describe("two texts", () => {
  it("are the same when they are equal, whatever was compared before", () => {
    const anyText = fc.string({ unit: "grapheme", maxLength: 12 });
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(sameText(a, b)).toBe(a === b);
        expect(sameText(a, `${a}`)).toBe(true);
      }),
    );
  });

  it("differ by one sign at any place, also beyond the room that is kept", () => {
    for (const length of [1, 64, 1_024, 1_025, 5_000]) {
      const text = "a".repeat(length);
      expect(sameText(text, "a".repeat(length))).toBe(true);
      for (const at of [0, Math.floor(length / 2), length - 1]) {
        expect(sameText(text, `${text.slice(0, at)}b${text.slice(at + 1)}`)).toBe(false);
      }
    }
  });

  it("of one length in signs and another in bytes are not the same", () => {
    expect(sameText("é", "e")).toBe(false);
    expect(sameText("aé", "éa")).toBe(false);
    expect(sameText("é".repeat(700), "é".repeat(700))).toBe(true);
  });
});
