/** JSON Schemas of a deployed gateway: compiled when it is bundled, and of one mind with a gateway on one machine. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { keyOf } from "../../src/app/json-schema-answers.ts";
import { jsonSchemaModule } from "../../src/app/json-schema-checks.ts";
import { openChecks } from "../../src/app/schemas.ts";
import { bundleAll } from "../../src/cdk/bundling.ts";
import { withCompiledSchemas } from "../../src/cdk/schema-modules.ts";
import type { JsonSchema, SchemaCheck } from "../../src/core/schemas.ts";
import { bodies, formats, schemas } from "./json-schemas.ts";
import { initialisationMs } from "./loading.ts";

const largestBytes = 300_000;
const longestInitialisationMs = 150;
/** What ajv says of itself, and no schema does. */
const compilerText = "no schema with key or ref";

let project = "";
const folders: string[] = [];

beforeAll(() => {
  // Within the repository, so that `surehook` is found as in an example.
  mkdirSync(join(root, "node_modules", ".cache"), { recursive: true });
  project = mkdtempSync(join(root, "node_modules", ".cache", "surehook-schemas-"));
});

afterAll(() => {
  for (const folder of [project, ...folders]) rmSync(folder, { recursive: true, force: true });
});

function bundled(options: Omit<Parameters<typeof bundleAll>[0], "roles" | "hasSchemas">): string {
  const folder = bundleAll({ ...options, roles: ["receiver"], hasSchemas: true });
  folders.push(folder);
  return join(folder, "receiver", "index.js");
}

describe("a JSON Schema of a function", () => {
  let compiled: typeof openChecks;

  beforeAll(async () => {
    const modules = Object.values(schemas).map((one) => [keyOf(one), jsonSchemaModule(one)]);
    const outfile = join(project, "checks.cjs");
    await build({
      stdin: {
        contents: `export { openChecks } from ${JSON.stringify(join(root, "src/app/schemas.ts"))};`,
        resolveDir: root,
      },
      plugins: [withCompiledSchemas(Object.fromEntries(modules))],
      conditions: ["surehook-source"],
      outfile,
      bundle: true,
      minify: true,
      platform: "node",
      format: "cjs",
    });
    compiled = createRequire(import.meta.url)(outfile).openChecks;
  });

  async function checksOf(open: typeof openChecks, schema: JsonSchema): Promise<SchemaCheck> {
    const checks = await open([{ name: "shop", schemas: { a: schema } }]);
    const check = checks.get("shop")?.exact.get("a");
    if (check === undefined) throw new Error("there is no check");
    return check;
  }

  test.each(Object.entries(schemas))("says the same there as here: %s", async (name, schema) => {
    const here = await checksOf(openChecks, schema);
    const there = await checksOf(compiled, schema);
    const said = bodies.map((body) => here(body)?.detail);
    expect(bodies.map((body) => there(body)?.detail)).toEqual(said);
    // Each takes some of them and refuses others, so that something is compared.
    expect([name, said.includes(undefined)]).toEqual([name, true]);
    expect(said.filter((detail) => detail !== undefined)).not.toEqual([]);
  });

  test("that was not there then is told as what it is", async () => {
    await expect(
      compiled([{ name: "shop", schemas: { a: { type: "string", title: "another" } } }]),
    ).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/^sources\.shop\.schemas\.a: .*synthesized/),
    });
  });
});

describe("the receiver with JSON Schemas", () => {
  function configWith(text: string): string {
    const entry = join(project, `schemas-${folders.length}.config.mjs`);
    writeFileSync(
      entry,
      `import { defineGateway, secret } from "surehook";
import { stripe } from "surehook/providers";

const schemas = ${text};
export default defineGateway({
  sources: { stripe: stripe({ path: "/stripe", secrets: [secret("S")], schemas }) },
  destinations: {},
  routes: [],
});
`,
    );
    return entry;
  }

  it("is small, loads in time, and has no compiler", () => {
    const entry = configWith(JSON.stringify({ ...schemas, formats }));
    const file = bundled({ entry, jsonSchemas: [{ name: "stripe", schemas }] });
    const text = readFileSync(file, "utf8");
    expect([text.includes("must NOT have fewer than"), text.includes(compilerText)]).toEqual([
      true,
      false,
    ]);
    expect(statSync(file).size).toBeLessThan(largestBytes);
    const took = Array.from({ length: 7 }, () => initialisationMs(file));
    const ms = Math.round(Math.min(...took));
    process.stdout.write(
      `receiver with schemas: ${Math.round(statSync(file).size / 1000)} kB, loaded in ${ms} ms\n`,
    );
    expect(ms).toBeLessThan(longestInitialisationMs);
  });

  it("has those that follow from its environment, too", () => {
    const entry = configWith(
      '{ a: process.env.STRICT ? { required: ["only when strict"] } : { required: ["usual"] } }',
    );
    const jsonSchemas = [{ name: "stripe", schemas: { a: { required: ["usual"] } } }];
    const file = bundled({ entry, jsonSchemas, environment: { STRICT: "1" } });
    const text = readFileSync(file, "utf8");
    const keys = [["usual"], ["only when strict"]].map((required) => keyOf({ required }));
    expect(keys.map((key) => text.includes(key))).toEqual([true, true]);
  });

  it("has those that a JSON config holds or names by a file", () => {
    const file = join(project, "webhooks.json");
    const held = { type: "object", required: ["held"] };
    const named = { type: "object", required: ["named"] };
    const secrets = [{ secret: "S" }];
    const source = { provider: "stripe", path: "/s", secrets };
    const sources = { shop: { ...source, schemas: { a: held, b: "./named.json" } } };
    writeFileSync(join(project, "named.json"), JSON.stringify(named));
    writeFileSync(file, JSON.stringify({ sources, destinations: {}, routes: [] }));
    const text = readFileSync(bundled({ entry: file }), "utf8");
    expect([held, named].map((schema) => text.includes(keyOf(schema)))).toEqual([true, true]);
    expect(text.includes(compilerText)).toBe(false);
  });

  it("isn't bundled with one that is no JSON", () => {
    const circle: Record<string, unknown> = { type: "object" };
    circle["properties"] = { inner: circle };
    const entry = configWith("{}");
    expect(() =>
      bundled({ entry, jsonSchemas: [{ name: "stripe", schemas: { a: circle } }] }),
    ).toThrow(/can't be written as JSON/);
  });
});
