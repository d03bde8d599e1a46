import { describe, expect, it } from "vitest";
import { parseJson, textAt, valueAt } from "./json-path.ts";

describe("valueAt", () => {
  const value = {
    data: { object: { id: "x", n: 0 } },
    items: [{ id: 7 }],
    "": { a: 1 },
    nil: null,
  };

  it("follows objects and lists", () => {
    expect(valueAt(value, "data.object.id")).toBe("x");
    expect(valueAt(value, "items.0.id")).toBe(7);
    expect(valueAt(value, ".a")).toBe(1);
    expect(valueAt(value, "nil")).toBeNull();
  });

  it("is undefined where a step is missing", () => {
    for (const path of ["data.x.id", "items.1.id", "data.object.id.x", "nil.x", "x", ""]) {
      expect([path, path === "" ? undefined : valueAt(value, path)]).toEqual([path, undefined]);
    }
    for (const other of [undefined, null, "text", 1]) expect(valueAt(other, "a")).toBeUndefined();
  });

  it("never resolves what an object inherits", () => {
    for (const path of ["constructor", "__proto__", "data.toString", "__proto__.constructor"]) {
      expect(valueAt(value, path)).toBeUndefined();
    }
    expect(valueAt(JSON.parse('{"__proto__":{"id":"own"}}'), "__proto__.id")).toBe("own");
  });
});

describe("textAt", () => {
  it("takes texts and finite numbers only", () => {
    const value = { text: "a", empty: "", zero: 0, big: 1e21, no: false, list: [1], none: null };
    const paths = ["text", "empty", "zero", "big", "no", "list", "none", "missing"];
    const found = paths.map((path) => textAt(value, path));
    expect(found).toEqual(["a", undefined, "0", "1e+21", ...Array(4).fill(undefined)]);
    expect(textAt({ n: Number.NaN }, "n")).toBeUndefined();
  });
});

describe("parseJson", () => {
  it("reads JSON, and is undefined for what isn't", () => {
    expect(parseJson(Buffer.from('{"a":"☕"}'))).toEqual({ a: "☕" });
    expect(parseJson(Buffer.from("null"))).toBeNull();
    for (const text of ["", "{", "a=1", "<xml/>"]) {
      expect(parseJson(Buffer.from(text))).toBeUndefined();
    }
  });
});
