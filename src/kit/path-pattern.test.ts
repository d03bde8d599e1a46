import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchPath, pathPattern } from "./path-pattern.ts";

const match = (pattern: string, path: string) => matchPath(pathPattern(pattern), path);

describe("a path pattern", () => {
  it("names its parameters in order", () => {
    expect(pathPattern("/webhooks/:region/:tenant").names).toEqual(["region", "tenant"]);
    expect(pathPattern("/webhooks/stripe").names).toEqual([]);
  });

  it("fits a fixed path exactly", () => {
    expect(match("/webhooks/stripe", "/webhooks/stripe")).toEqual({});
    for (const path of [
      "/webhooks/stripe/",
      "/webhooks/Stripe",
      "/webhooks",
      "//webhooks/stripe",
    ]) {
      expect(match("/webhooks/stripe", path)).toBeUndefined();
    }
  });

  it("reads parameters, percent-decoded", () => {
    expect(match("/shop/:tenant", "/shop/acme")).toEqual({ tenant: "acme" });
    expect(match("/shop/:tenant", "/shop/Zo%C3%AB%2Fx")).toEqual({ tenant: "Zoë/x" });
    expect(match("/:a/x/:b", "/1/x/2")).toEqual({ a: "1", b: "2" });
  });

  it("never fits an empty value, a value of two segments or a broken escape", () => {
    for (const path of ["/shop/", "/shop", "/shop/a/b", "/shop/%", "/shop/%C3", "/shop/%zz"]) {
      expect(match("/shop/:tenant", path)).toBeUndefined();
    }
  });

  it("gives back any value that was encoded", () => {
    const value = fc.string({ minLength: 1, unit: "grapheme" });
    fc.assert(
      fc.property(value, (tenant) => {
        expect(match("/shop/:tenant", `/shop/${encodeURIComponent(tenant)}`)).toEqual({ tenant });
      }),
    );
  });
});
