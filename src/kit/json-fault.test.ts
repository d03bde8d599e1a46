import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFault } from "./json-fault.ts";

describe("the fault of a text that is no JSON", () => {
  it.each([
    ['{\n  "a": 1,\n}', { line: 3, column: 1, expected: "a name in double quotes" }],
    ['{\n  "a" 1 }', { line: 2, column: 7, expected: "a colon" }],
    ['{ "a": [1 2] }', { line: 1, column: 11, expected: "a comma or ]" }],
    ['{ "a": 1 "b": 2 }', { line: 1, column: 10, expected: "a comma or }" }],
    ["{ a: 1 }", { line: 1, column: 3, expected: "a name in double quotes" }],
    ["{ \"a\": '1' }", { line: 1, column: 8, expected: "a value" }],
    ['{ "a": 01 }', { line: 1, column: 8, expected: "a value" }],
    ["{} {}", { line: 1, column: 4, expected: "nothing more" }],
    ["", { line: 1, column: 1, expected: "a value" }],
    ['{ "a": 1', { line: 1, column: 9, expected: "a comma or }" }],
    ["// comment\n{}", { line: 1, column: 1, expected: "a value" }],
  ])("%j has a place and a remedy", (source, fault) => {
    expect(jsonFault(source)).toEqual(fault);
  });

  it("is there exactly where JSON.parse refuses the text", () => {
    const isJson = (source: string): boolean => {
      try {
        JSON.parse(source);
        return true;
      } catch {
        return false;
      }
    };
    const cut = fc.tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "}", "1", " "));
    fc.assert(
      fc.property(cut, ([json, at, piece]) => {
        const place = at % (json.length + 1);
        const changed = json.slice(0, place) + piece + json.slice(place + 1);
        for (const source of [json, changed]) {
          expect([source, jsonFault(source) === undefined]).toEqual([source, isJson(source)]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
