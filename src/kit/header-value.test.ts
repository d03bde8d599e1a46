import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiValue, forwardedValue, isHeaderName, readableValue } from "./header-value.ts";

describe("header values", () => {
  it("of UTF-8 bytes are read as such, others a character for each byte", () => {
    const sent = (text: string) => Buffer.from(text, "utf8").toString("latin1");
    for (const text of ["evt_1", "Bestellung-Ä✓", "注文-42"]) {
      expect(readableValue(sent(text))).toBe(text);
      expect(readableValue(text)).toBe(text);
    }
    expect(readableValue("caf\xe9")).toBe("café");
    expect(readableValue("\xc3(")).toBe("\xc3(");
  });

  it("that came as bytes are forwarded as they are", () => {
    for (const value of ["", "a b\tc", "t=1,v1=ab", "\xe9\xff"]) {
      expect(forwardedValue(value)).toBe(value);
    }
  });

  it("that were decoded are forwarded as their UTF-8 bytes", () => {
    const forwarded = forwardedValue("é✓") ?? "";
    expect(Buffer.from(forwarded, "latin1").toString("utf8")).toBe("é✓");
  });

  it("with control characters aren't forwarded", () => {
    for (const value of ["a\r\nb", "a\nb", "\0", "\x7f", "✓\n"]) {
      expect(forwardedValue(value)).toBeUndefined();
    }
  });

  it("of any text are visible ASCII, which is decoded to the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const value = asciiValue(text);
        expect(value).toMatch(/^[\x20-\x7e]*$/);
        if (value !== text) expect(decodeURI(value)).toBe(text.toWellFormed());
      }),
    );
  });

  it("have names of token characters", () => {
    expect(["x-a", "X_1.~!", "", "a b", "a:", "é"].map(isHeaderName)).toEqual([
      ...[true, true],
      ...[false, false, false, false],
    ]);
  });
});
