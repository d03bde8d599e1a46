import { describe, expect, it } from "vitest";
import * as z from "zod";
import { secret } from "./define.ts";
import { type PlainSetting, shapeOf } from "./plain-setting.ts";

const words = "What it is for.";

describe("an option as data", () => {
  it.each<[PlainSetting, unknown, unknown]>([
    [{ kind: "text", words }, "a", ""],
    [{ kind: "flag", words }, false, "false"],
    [{ kind: "secret", words }, secret("NAME"), "NAME"],
    [{ kind: "choice", of: ["one", "two"], words }, "two", "three"],
  ])("%j takes %j and not %j", (setting, right, wrong) => {
    const must = z.strictObject(shapeOf({ it: setting }));
    const may = z.strictObject(shapeOf({ it: { ...setting, optional: true } }));
    for (const schema of [must, may]) {
      expect(schema.safeParse({ it: right }).success).toBe(true);
      expect(schema.safeParse({ it: wrong }).success).toBe(false);
      expect(z.toJSONSchema(schema)).toMatchObject({ properties: { it: { description: words } } });
    }
    expect(must.safeParse({}).success).toBe(false);
    expect(may.safeParse({}).success).toBe(true);
  });

  it("stands beside one that is a schema already", () => {
    const schema = z.int().describe(words);
    expect(shapeOf({ it: schema })["it"]).toBe(schema);
  });
});
