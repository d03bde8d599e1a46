import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rangesAt } from "./json-ranges.ts";

const textsAt = (json: string, path: string, most = 1000): readonly string[] | undefined => {
  const bytes = Buffer.from(json, "utf8");
  return rangesAt(bytes, path, most)?.map(({ start, end }) => bytes.toString("utf8", start, end));
};

describe("the ranges of values in a JSON text", () => {
  it("are those of a list's elements, as they are written", () => {
    expect(textsAt(' [ {"a" : 1} ,\r\n"x",[2, 3],null,-1.5e3\t,true] ', "*")).toEqual([
      '{"a" : 1}',
      '"x"',
      "[2, 3]",
      "null",
      "-1.5e3",
      "true",
    ]);
    expect(textsAt("[]", "*")).toEqual([]);
    expect(textsAt('{"events":[ ]}', "events.*")).toEqual([]);
  });

  it("follow names and lists, in the order of the text", () => {
    const text = '{"n":[{"I":{"k":1}},{"x":0,"I":{"k":2}}],"z":{"n":3}}';
    expect(textsAt(text, "n.*.I")).toEqual(['{"k":1}', '{"k":2}']);
    expect(textsAt(text, "z.n")).toEqual(["3"]);
    expect(textsAt('{"a":[{"b":[1,2]},{"b":[]},{"b":[3]}]}', "a.*.b.*")).toEqual(["1", "2", "3"]);
  });

  it("are of no sign inside of a text", () => {
    const items = ['"]"', '"\\"],["', '"\\\\"', '{"}":"{\\\\\\"[ü€😀"}'];
    expect(textsAt(`[${items.join(",")}]`, "*")).toEqual(items);
  });

  it("are of the last member of a name, and of a name however it is written", () => {
    expect(textsAt('{"e":[1],"\\u0065":[2]}', "e.*")).toEqual(["2"]);
    expect(textsAt('{"__proto__":[1]}', "__proto__.*")).toEqual(["1"]);
  });

  it("aren't there where a step isn't, for one of the elements even", () => {
    for (const text of ["{}", "[]", "1", '"events"', '{"events":{}}', '{"events":null}']) {
      expect(textsAt(text, "events.*")).toBeUndefined();
    }
    expect(textsAt('[{"a":1},{"b":2}]', "*.a")).toBeUndefined();
    expect(textsAt('{"0":1}', "*")).toBeUndefined();
  });

  it("aren't there where they are more than wanted", () => {
    expect(textsAt("[1,2,3]", "*", 3)).toHaveLength(3);
    expect(textsAt("[1,2,3,4]", "*", 3)).toBeUndefined();
    expect(textsAt("[[1,2],[3,4]]", "*.*", 3)).toBeUndefined();
  });

  it("come to what JSON.parse makes of any text, deep ones too", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 0, max: 3 }), (list, indent) => {
        const text = JSON.stringify({ "a b": 0, list }, undefined, indent);
        expect(textsAt(text, "list.*")?.map((item) => JSON.parse(item))).toEqual(
          (JSON.parse(text) as { list: unknown[] }).list,
        );
      }),
    );
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(textsAt(`[${deep},1]`, "*")).toEqual([deep, "1"]);
  });
});
