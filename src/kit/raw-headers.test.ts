import { describe, expect, it } from "vitest";
import {
  headerOf,
  headerPairs,
  headersOf,
  isCredential,
  rawHeadersFrom,
  withoutCredentials,
} from "./raw-headers.ts";

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
    const names = ["Authorization", "COOKIE", "proxy-authorization", "X-Api-Key", "x-auth-TOKEN"];
    expect(names.filter((name) => !isCredential(name))).toEqual([]);
    const others = ["x-signature", "I-Twilio-Idempotency-Token", "content-type", "host", "", "é"];
    expect([...others, "x".repeat(70), "x-api-ke9", "dg-toke."].filter(isCredential)).toEqual([]);
  });

  it("withholds a credential's value, and leaves a list without one as it is", () => {
    const headers = ["X-Api-Key", "k", "X-A", "1", "authorization", "Bearer b"];
    const all = ["X-Api-Key", "[withheld]", "X-A", "1", "authorization", "[withheld]"];
    expect(withoutCredentials(headers)).toEqual(all);
    expect(withoutCredentials(headers, ["authorization"])).toEqual([
      ...all.slice(0, 5),
      "Bearer b",
    ]);
    const plain = ["X-A", "1"];
    expect(withoutCredentials(plain)).toBe(plain);
  });

  it("makes a list of an object", () => {
    expect(rawHeadersFrom({ "X-A": "1", b: "2" })).toEqual(["X-A", "1", "b", "2"]);
  });
});
