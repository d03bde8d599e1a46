/** Schemas of the libraries that speak Standard Schema, as a source holds events against them. */
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { prepareFolder } from "../../scripts/bootstrap.mjs";
import { compileSchemas } from "../../src/app/schemas.ts";
import type { EventSchema } from "../../src/core/schemas.ts";

const packages = fileURLToPath(new URL("./packages", import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: their types are not installed where this is checked
async function load(name: string): Promise<any> {
  const require = createRequire(`${packages}/package.json`);
  return import(pathToFileURL(require.resolve(name)).href);
}

let libraries: Readonly<Record<string, EventSchema>>;
let asynchronous: EventSchema;

beforeAll(async () => {
  await prepareFolder(packages);
  const v = await load("valibot");
  const { type } = await load("arktype");
  asynchronous = v.objectAsync({ id: v.string() });
  libraries = {
    zod: z.object({ data: z.object({ amount: z.number() }) }),
    valibot: v.object({ data: v.object({ amount: v.number() }) }),
    arktype: type({ data: { amount: "number" } }),
  };
});

describe.each(["zod", "valibot", "arktype"])("a schema of %s", (library) => {
  test("lets an event through that fits, and says where another doesn't", async () => {
    const schema = libraries[library] as EventSchema;
    const { checks, mistakes } = await compileSchemas([{ name: "shop", schemas: { a: schema } }]);
    expect(mistakes).toEqual([]);
    const check = checks.get("shop")?.exact.get("a");
    expect(check?.({ data: { amount: 5 } })).toBeUndefined();
    expect(check?.({ data: { amount: "5" } })?.detail).toMatch(/^data\.amount: /);
    expect(check?.(undefined)).toMatchObject({
      isFault: false,
      detail: expect.not.stringMatching(/^\w+: /),
    });
  });
});

test("a schema of Valibot that is asynchronous stops the start", async () => {
  const { mistakes } = await compileSchemas([{ name: "shop", schemas: { a: asynchronous } }]);
  expect(mistakes).toMatchObject([{ path: "sources.shop.schemas.a" }]);
});
