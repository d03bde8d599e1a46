import { describe, expect, it } from "vitest";
import { headerOf, headerPairs, headersOf, isCredential, rawHeadersFrom } from "./raw-headers.ts";

const headers = ["X-Sig", "one", "x-SIG", "two", "Content-Type", "", "x-name", "x-sig"];

describe("raw headers", () => {
  it("finds the first value in any spelling", () => {
    expect(headerOf(headers, "x-sig")).toBe("one");
    expect(headerOf(headers, "content-type")).toBe("");
    expect(headerOf(headers, "x-si")).toBeUndefined();
    expect(headerOf([], "x-sig")).toBeUndefined();
  });

  it("finds every value in order, and never takes a value for a name", () => {
    expect(headersOf(headers, "x-sig")).toEqual(["one", "two"]);
    expect(headersOf(headers, "one")).toEqual([]);
  });

  it("pairs lower-case names with values", () => {
    expect(headerPairs(headers)).toEqual([
      ["x-sig", "one"],
      ["x-sig", "two"],
      ["content-type", ""],
      ["x-name", "x-sig"],
    ]);
    expect(headerPairs(["lonely"])).toEqual([]);
  });

  it("knows what is a credential in itself", () => {
    const names = ["Authorization", "COOKIE", "proxy-authorization", "x-signature"];
    expect(names.map(isCredential)).toEqual([true, true, true, false]);
  });

  it("makes a list of an object", () => {
    expect(rawHeadersFrom({ "X-A": "1", b: "2" })).toEqual(["X-A", "1", "b", "2"]);
  });
});
