import { describe, expect, test } from "vitest";
import * as z from "zod";
import { readPart } from "./mistakes.ts";

const unit = z.enum(["s", "ms"]).optional();
const selector = z.union([
  z.strictObject({ header: z.string(), unit }),
  z.strictObject({ query: z.string(), unit }),
  z.strictObject({ json: z.string(), unit }),
]);

function mistakes(given: unknown): (readonly [string, string | undefined])[] {
  const read = readPart(selector, given, "id");
  return "mistakes" in read ? read.mistakes.map(({ path, hint }) => [path, hint]) : [];
}

describe("a selector with a wrong name", () => {
  test.each([
    [{ field: "data.id" }, "id.field", "json"],
    [{ field: "at", unit: "ms" }, "id.field", "json"],
    [{ haeder: "x-id" }, "id.haeder", "header"],
    [{ qeury: "id" }, "id.qeury", "query"],
    [{ jsno: "id" }, "id.jsno", "json"],
  ])("%j is one mistake, with the name that was meant", (given, path, meant) => {
    expect(mistakes(given)).toEqual([[path, `did you mean "${meant}"?`]]);
  });

  test("that is like none, or with two names, says what was given by its names", () => {
    expect(mistakes({ place: "x" })).toEqual([["id", "got { place }"]]);
    expect(mistakes({ header: "a", json: "b" })).toEqual([["id", "got { header, json }"]]);
    expect(mistakes({})).toEqual([["id", "got an object"]]);
  });
});
