import { describe, expect, test } from "vitest";
import * as z from "zod";
import { readPart } from "./mistakes.ts";
import { secretRef } from "./secret-ref.ts";

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

describe("a bound", () => {
  test.each([
    [z.number().positive(), 0, "more than 0"],
    [z.number().lt(5), 5, "less than 5"],
    [z.int().min(0), -1, "at least 0"],
    [z.number().max(5), 6, "at most 5"],
  ])("is told as what is refused by it: %#", (schema, given, expected) => {
    expect(readPart(schema, given, "it")).toEqual({
      mistakes: [{ path: "it", expected, hint: undefined }],
    });
  });
});

describe("a text of a wrong form", () => {
  const address = z.url({ error: "an address" });

  test.each([
    [address, "x", undefined],
    [address.optional(), "x", undefined],
    [z.union([address, z.strictObject({ a: z.string() })]), "x", undefined],
    [z.string().regex(/^\//, "a path"), "x", undefined],
    [z.string().max(2), "long", undefined],
    [address, "", "got an empty text"],
    [address, 5, "got a number"],
    [z.int(), "5", "got a text"],
    [z.custom((value) => typeof value === "function", "a function"), "x", "got a text"],
  ])("isn't told to be a text: %#", (schema, given, hint) => {
    expect(readPart(schema, given, "it")).toMatchObject({ mistakes: [{ path: "it", hint }] });
  });
});

describe("a secret as it is written in JSON", () => {
  const told = (schema: z.ZodType, given: unknown) => {
    const read = readPart(schema, given, "it");
    return "mistakes" in read ? read.mistakes.map(({ path, hint }) => `${path}: ${hint}`) : [];
  };
  const schemas = [
    ["alone", secretRef],
    ["beside a text", z.union([z.url(), secretRef]).optional()],
  ] as const;

  test.each(schemas)("is named by the key that is wrong (%s)", (_, schema) => {
    expect(told(schema, { secert: "A" })).toEqual(['it.secert: did you mean "secret"?']);
    expect(told(schema, { secert: "A", optinal: true })).toEqual([
      'it.secert: did you mean "secret"?',
      'it.optinal: did you mean "optional"?',
    ]);
    expect(told(schema, { secret: "A", optional: "yes" })).toEqual(["it.optional: got a text"]);
    expect(told(schema, { secret: "" })).toEqual(["it.secret: got an empty text"]);
    expect(told(schema, { secret: "A", more: 1 })).toEqual(["it.more: known: secret, optional"]);
    expect(told(schema, { what: "A" })).toEqual(["it: got { what }"]);
  });

  test("is not one in TypeScript, where secret() makes it", () => {
    expect(told(secretRef, { secret: "A" })).toEqual(["it: got { secret }"]);
    expect(told(secretRef, { kind: "secret", name: "A", optional: false })).toEqual([]);
  });
});

describe("what was given", () => {
  const told = (schema: z.ZodType, given: unknown) => {
    const read = readPart(schema, given, "it");
    return "mistakes" in read ? read.mistakes.map(({ path, hint }) => `${path}: ${hint}`) : [];
  };

  test("is said to lack brackets where it is one item of a list", () => {
    const list = z.array(z.string());
    expect(told(list, "a")).toEqual(["it: got a text: put it in brackets"]);
    expect(told(list.optional(), 5)).toEqual(["it: got a number"]);
    const secrets = z.union([z.array(secretRef), z.custom((value) => typeof value === "function")]);
    const secret = { kind: "secret", name: "A", optional: false };
    expect(told(secrets, secret)).toEqual(["it: got a secret: put it in brackets"]);
    expect(told(secrets, "whsec_a")).toEqual(["it: got a text"]);
  });

  test("isn't missing under a name that is there, misspelt, at any depth", () => {
    const tls = z.strictObject({ certFile: z.string(), keyFile: z.string() });
    expect(told(z.strictObject({ tls }), { tls: { cert: "a", keyFile: "b" } })).toEqual([
      'it.tls.cert: did you mean "certFile"?',
    ]);
    expect(told(tls, { cert: "a", certFile: 5, keyFile: "b" })).toEqual([
      "it.certFile: got a number",
      'it.cert: did you mean "certFile"?',
    ]);
  });

  test("gets no hint that says what was expected once more", () => {
    const choice = z.enum(["raw", "standard"]);
    expect(told(choice, "json")).toEqual(["it: undefined"]);
    expect(told(choice, "standart")).toEqual(['it: did you mean "standard"?']);
  });
});
