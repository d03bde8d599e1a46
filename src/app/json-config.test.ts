/** The JSON form of a config, as a definition. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isStandardSchema } from "../core/schemas.ts";
import { definitionFromJson } from "./json-config.ts";
import { readDefinition } from "./load-config.ts";
import { compileSchemas } from "./schemas.ts";

let folder = "";
let url = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-json-"));
  url = pathToFileURL(join(folder, "surehook.config.json")).href;
  const library = JSON.stringify(import.meta.resolve("zod"));
  const zod = `import * as z from ${library};\n`;
  writeFileSync(
    join(folder, "named.ts"),
    `${zod}export const schema = z.object({ a: z.string() });\n`,
  );
  writeFileSync(join(folder, "usual.ts"), `${zod}export default z.object({ a: z.string() });\n`);
  writeFileSync(join(folder, "other.ts"), "export const shape = {};\n");
  writeFileSync(join(folder, "a.schema.json"), '{ "type": "object", "required": ["a"] }');
  writeFileSync(join(folder, "broken.json"), "{");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A config of one source, judged. */
async function read(source: object, more: object = {}) {
  const shop = { provider: "stripe", path: "/s", secrets: [{ secret: "S" }], ...source };
  const json = { sources: { shop }, destinations: {}, routes: [], ...more };
  const { definition, mistakes } = await definitionFromJson(JSON.stringify(json), url);
  return readDefinition(definition, { url, path: "it", unreadable: mistakes });
}

describe("schemas in the JSON form", () => {
  it("are JSON Schemas, files with one, or modules", async () => {
    const { gateway, mistakes } = await read({
      schemas: {
        written: { type: "object", required: ["a"] },
        filed: "./a.schema.json",
        named: { module: "./named.ts" },
        usual: { module: "./usual.ts" },
      },
    });
    expect(mistakes).toEqual([]);
    const schemas = gateway?.sources[0]?.schemas ?? {};
    expect(Object.values(schemas).map(isStandardSchema)).toEqual([false, false, true, true]);
    const { checks } = await compileSchemas(gateway?.sources ?? []);
    const own = checks.get("shop")?.exact ?? new Map();
    expect([...own.keys()]).toEqual(["written", "filed", "named", "usual"]);
    for (const check of own.values()) {
      expect(check({ a: "text" })).toBeUndefined();
      expect(check({})).toMatchObject({ isFault: false, detail: expect.any(String) });
    }
  });

  it("may have a field that is called as a secret is written", async () => {
    const written = { properties: { only: { const: { secret: "a text" } } } };
    const { gateway } = await read({ schemas: { written } });
    expect(gateway?.sources[0]?.schemas).toEqual({ written });
  });

  it("are told where they can't be read", async () => {
    const { mistakes } = await read({
      schemas: {
        gone: "./gone.json",
        broken: "./broken.json",
        other: { module: "./other.ts" },
        none: { module: "./none.ts" },
      },
    });
    expect(mistakes.map(({ path }) => path)).toEqual(
      ["gone", "broken", "other", "none"].map((type) => `sources.shop.schemas.${type}`),
    );
  });
});
