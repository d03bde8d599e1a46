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

/** A config of one source or more, judged. */
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

describe("names of other config files", () => {
  const hmac = { provider: "hmac", path: "/h", header: "x-s", secrets: [{ secret: "S" }] };
  const stripe = { provider: "stripe", path: "/s", secrets: [{ secret: "S" }] };
  const crm = { kind: "http", url: "https://example.com/" };
  const of = async (json: object) => {
    const parts = { sources: { hmac, stripe }, destinations: { crm }, routes: [{ to: "crm" }] };
    const text = JSON.stringify({ ...parts, ...json });
    const { definition, mistakes: unreadable } = await definitionFromJson(text, url);
    const { gateway, mistakes } = readDefinition(definition, { url, path: "it", unreadable });
    return { gateway, paths: mistakes.map(({ path }) => path), mistakes };
  };
  const sourcesOf = async (json: object) => {
    const { gateway, mistakes } = await of(json);
    expect(mistakes).toEqual([]);
    return gateway?.sources ?? [];
  };
  const pacingOf = async (json: object) => {
    const { gateway, mistakes } = await of(json);
    expect(mistakes).toEqual([]);
    return gateway?.destinations[0]?.pacing;
  };

  it("signatureAlgorithm is the algorithm of hmac sources, and refused where there is none", async () => {
    for (const [name, algorithm] of [
      ["HMAC-SHA256", "sha256"],
      ["HMAC-SHA512", "sha512"],
    ]) {
      const [atTop] = await sourcesOf({ signatureAlgorithm: name });
      const [own] = await sourcesOf({ sources: { hmac: { ...hmac, signatureAlgorithm: name } } });
      expect([atTop?.options, own?.options]).toMatchObject([{ algorithm }, { algorithm }]);
    }
    const ownWins = { hmac: { ...hmac, algorithm: "sha1" } };
    const [said] = await sourcesOf({ signatureAlgorithm: "HMAC-SHA512", sources: ownWins });
    expect(said?.options).toMatchObject({ algorithm: "sha1" });
    const named = { signatureAlgorithm: "HMAC-SHA256" };
    expect((await of({ ...named, sources: { stripe } })).paths).toEqual(["signatureAlgorithm"]);
    const ofStripe = await of({ sources: { stripe: { ...stripe, ...named } } });
    expect(ofStripe.mistakes).toMatchObject([
      { path: "sources.stripe.signatureAlgorithm", hint: "remove it" },
    ]);
    expect((await of({ signatureAlgorithm: "HMAC-MD5" })).paths).toEqual(["signatureAlgorithm"]);
  });

  it("timestampTolerance is toleranceSeconds", async () => {
    const own = { stripe, hmac: { ...hmac, timestampTolerance: 5 } };
    const sources = await sourcesOf({ timestampTolerance: 60, sources: own });
    expect(sources.map(({ toleranceSeconds }) => toleranceSeconds)).toEqual([60, 5]);
  });

  it("ipAllowlist is allowIps", async () => {
    const ipAllowlist = ["203.0.113.0/24"];
    const [first] = await sourcesOf({ sources: { stripe: { ...stripe, ipAllowlist } } });
    const [other] = await sourcesOf({ ipAllowlist });
    expect([first?.allowIps, other?.allowIps]).toEqual([ipAllowlist, ipAllowlist]);
  });

  it("rateLimits are so many a minute, or in a window, for all or by source", async () => {
    const ratesOf = async (json: object) =>
      (await sourcesOf(json)).map(({ rateLimit }) => rateLimit);
    const hundred = { tokens: 100, perMs: 60_000 };
    expect(await ratesOf({ rateLimits: 100 })).toEqual([hundred, hundred]);
    expect(await ratesOf({ rateLimits: { stripe: 100 } })).toEqual([undefined, hundred]);
    const five = { tokens: 5, perMs: 1000 };
    expect(await ratesOf({ rateLimits: { max: 5, windowMs: 1000 } })).toEqual([five, five]);
    expect(await ratesOf({ rateLimits: { requests: 5, perSeconds: 1 } })).toEqual([five, five]);
    const own = { stripe: { ...stripe, rateLimits: 100 } };
    expect(await ratesOf({ sources: own })).toEqual([hundred]);
    expect((await of({ rateLimits: { stirpe: 100 } })).mistakes).toMatchObject([
      { path: "rateLimits.stirpe", hint: 'did you mean "stripe"?' },
    ]);
  });

  it("asyncProcessing may only be what it always is", async () => {
    expect((await of({ asyncProcessing: true })).mistakes).toEqual([]);
    expect((await of({ asyncProcessing: false })).mistakes).toMatchObject([
      { path: "asyncProcessing", hint: "remove it" },
    ]);
  });

  it("retryAttempts are attempts from 2000 ms", async () => {
    const retry = { attempts: 5, firstDelayMs: 2000, jitter: "none" };
    expect(await pacingOf({ retryAttempts: 5 })).toMatchObject({ retry });
    const own = { crm: { ...crm, retryAttempts: 5 } };
    expect(await pacingOf({ destinations: own, retryAttempts: 2 })).toMatchObject({ retry });
  });

  it("deadLetterQueue is the archive, which is always there", async () => {
    expect((await of({ deadLetterQueue: true })).mistakes).toEqual([]);
    expect((await of({ deadLetterQueue: "dead" })).gateway?.archiveFolder).toBe("dead");
    expect((await of({ deadLetterQueue: false })).paths).toEqual(["deadLetterQueue"]);
  });

  it("parallelProcessing is concurrency", async () => {
    expect((await pacingOf({ parallelProcessing: true }))?.concurrency).toBeGreaterThan(1);
    expect((await pacingOf({ parallelProcessing: false }))?.concurrency).toBe(1);
    expect((await pacingOf({ parallelProcessing: 7 }))?.concurrency).toBe(7);
  });

  it("must not stand beside ours", async () => {
    const both = { ...stripe, toleranceSeconds: 1, timestampTolerance: 1 };
    expect((await of({ sources: { stripe: both } })).mistakes).toMatchObject([
      { path: "sources.stripe.timestampTolerance", hint: expect.stringContaining("remove it") },
    ]);
  });
});

describe("the name of a provider that there is none of", () => {
  const hintOf = async (provider: string | undefined) =>
    (await read({ provider })).mistakes.find(({ path }) => path === "sources.shop.provider");

  it("is told with the near one first, and where all are listed", async () => {
    const near = await hintOf("strpie");
    expect(near?.hint).toMatch(/^did you mean "stripe"\? .*`surehook providers` lists all/);
    for (const name of ["nothing-like-any", undefined]) {
      expect((await hintOf(name))?.hint).toContain("`surehook providers` lists all");
    }
    expect(JSON.stringify(near)).not.toContain("github");
  });
});

describe("a secret in the JSON form", () => {
  it("is told by the key that is misspelt, wherever it stands", async () => {
    const secrets = [{ secert: "S" }];
    const kind = { kind: "http", url: { secert: "U" }, headers: { a: { sceret: "H" } } };
    const { mistakes } = await read({ secrets }, { destinations: { crm: kind } });
    expect(mistakes).toEqual(
      [
        "sources.shop.secrets[0].secert",
        "destinations.crm.url.secert",
        "destinations.crm.headers.a.sceret",
      ].map((path) => ({
        path,
        expected: "no option of this name",
        hint: 'did you mean "secret"?',
      })),
    );
  });

  it("is optional by true or false only", async () => {
    const { mistakes } = await read({ secrets: [{ secret: "S", optional: "no" }] });
    expect(mistakes).toEqual([
      { path: "sources.shop.secrets[0].optional", expected: "true or false", hint: "got a text" },
    ]);
  });
});
