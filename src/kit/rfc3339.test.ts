import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRfc3339, parseRfc3339 } from "./rfc3339.ts";

const from = Date.UTC(1, 0, 1) - 60_000_000_000_000;
const to = Date.parse("9999-12-31T23:59:59.999Z");

describe("RFC 3339", () => {
  it("writes every instant as the platform does, and reads it back", () => {
    fc.assert(
      fc.property(fc.integer({ min: Math.max(from, -62_167_219_200_000), max: to }), (ms) => {
        expect(formatRfc3339(ms)).toBe(new Date(ms).toISOString());
        expect(parseRfc3339(formatRfc3339(ms))).toBe(ms);
      }),
      { numRuns: 2000 },
    );
  });

  it("writes the leap day that ends four centuries", () => {
    expect(formatRfc3339(Date.UTC(2000, 1, 29))).toBe("2000-02-29T00:00:00.000Z");
  });

  it.each([
    ["2023-03-29T18:00:27.877041743Z", "2023-03-29T18:00:27.877Z"],
    ["2022-11-03T20:26:10.344522Z", "2022-11-03T20:26:10.344Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["2000-02-29T23:59:59Z", "2000-02-29T23:59:59Z"],
    ["2024-01-01T01:30:00+05:30", "2023-12-31T20:00:00Z"],
    ["2024-01-01t01:30:00-08:00", "2024-01-01T09:30:00Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
  ])("reads %s", (text, same) => {
    expect(parseRfc3339(text)).toBe(Date.parse(same));
  });

  it.each([
    "",
    "2023-02-29T00:00:00Z",
    "2023-13-01T00:00:00Z",
    "2023-00-10T00:00:00Z",
    "2023-04-31T00:00:00Z",
    "2023-01-01T24:00:00Z",
    "2023-01-01T00:00:00",
    "2023-01-01",
    "1700000000",
    "2023-01-01T00:00:00+24:00",
    `2023-01-01T00:00:00.${"0".repeat(99)}Z`,
  ])("refuses %j", (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });
});
