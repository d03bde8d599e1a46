import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { generatedDocs } from "../../scripts/docs/generated.ts";
import { configJsonSchema } from "../../src/app/json-schema.ts";
import { secret } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import { hmac } from "../../src/providers/index.ts";

const root = join(import.meta.dirname, "..", "..");

describe("the docs", () => {
  for (const [path, text] of Object.entries(generatedDocs())) {
    it(`are what the code says (node scripts/write-docs.ts writes them): ${path}`, () => {
      expect(readFileSync(join(root, path), "utf8")).toBe(text);
    });
  }
});

describe("the example of an hmac source", () => {
  it("is right", () => {
    const page = readFileSync(join(root, "docs/config.md"), "utf8");
    const text = /```ts\n(shop: hmac[\s\S]*?)```/.exec(page)?.[1];
    const sources = new Function("hmac", "secret", `return { ${text} }`)(hmac, secret);
    expect(judgeGateway({ sources, destinations: {}, routes: [] })).toMatchObject({
      kind: "gateway",
      gateway: { sources: [{ name: "shop" }] },
    });
  });
});

describe("the JSON Schema of the config", () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    configJsonSchema(),
  );
  const config = {
    $schema: "./surehook.schema.json",
    sources: {
      stripe: {
        provider: "stripe",
        path: "/stripe",
        secrets: [{ secret: "STRIPE", optional: true }],
      },
      shop: { provider: "hmac", path: "/shop", header: "x-signature", secrets: [{ secret: "S" }] },
    },
    destinations: {
      app: { kind: "http", url: { secret: "APP_URL" }, secrets: [{ secret: "APP_KEY" }] },
      log: { kind: "code", module: "./log.ts", retry: "short" },
    },
    routes: [{ from: "stripe", types: ["payment_intent.*"], to: ["app", "log"] }],
  };

  it("accepts a config in its JSON form", () => {
    expect(validate(config), JSON.stringify(validate.errors)).toBe(true);
  });

  it("refuses an option that there isn't", () => {
    const wrong = { ...config, routes: [{ from: "stripe", typos: [], to: "app" }] };
    expect(validate(wrong)).toBe(false);
  });
});
