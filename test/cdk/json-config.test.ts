/** Functions of a config that is JSON: what it names is in them, and nothing else. */
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { gatewayFromFile } from "../../src/app/json-gateway.ts";
import { bundleAll } from "../../src/cdk/bundling.ts";
import { moduleOfJson } from "../../src/cdk/json-entry.ts";
import { planOf } from "../../src/cdk/plan.ts";
import { destinations } from "../../src/destinations/index.ts";
import * as providers from "../../src/providers/list/index.ts";

let project = "";
let config = "";
let bundled = "";

const json = {
  rateLimits: 100,
  retryAttempts: 3,
  sources: {
    shop: {
      provider: "stripe",
      path: "/shop",
      secrets: [{ secret: "SHOP_SECRET" }],
      schemas: { "order.*": { module: "../webhooks/schema.ts" } },
    },
  },
  destinations: {
    orders: { kind: "code", module: "../webhooks/orders.ts" },
    queue: { kind: "sqs", queueUrl: { secret: "QUEUE_URL" } },
  },
  routes: [{ to: "orders" }, { to: "queue", transform: "../webhooks/form.ts" }],
};

const files = {
  "config/webhooks.json": JSON.stringify(json),
  "webhooks/orders.ts": 'export const handle = () => "what the handler does";',
  "webhooks/form.ts": 'export const transform = () => ({ is: "what the form is" });',
  "webhooks/schema.ts": `
const issues = [{ message: "what the schema says" }];
export const schema = { "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) } };
`,
};

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "surehook-json-"));
  mkdirSync(join(project, "node_modules"));
  symlinkSync(root, join(project, "node_modules", "surehook"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  config = join(project, "config/webhooks.json");
  bundled = bundleAll({ entry: config, roles: ["receiver", "consumer"] });
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
  rmSync(bundled, { recursive: true, force: true });
});

/** What functions read when they are loaded. */
const stack = { AWS_REGION: "us-east-1", SUREHOOK_TABLE: "table", SUREHOOK_BUCKET: "bucket" };

const words = ["what the handler does", "what the form is", "what the schema says"];

it.each([
  ["receiver", ["what the schema says"], []],
  ["consumer", words, ["code", "sqs"]],
])("the %s has what it uses of %j", (role, expected, kinds) => {
  const text = readFileSync(join(bundled, role, "index.js"), "utf8");
  expect(words.filter((word) => text.includes(word))).toEqual(expected);
  const found = Object.entries(destinations).filter(([, { title }]) =>
    text.includes(`title:${JSON.stringify(title)}`),
  );
  // Live clients are told by a topic, which the consumer always has.
  expect(found.map(([name]) => name).filter((name) => name !== "sns")).toEqual(kinds);
  expect(text.includes("docs.github.com")).toBe(false);
});

it.each(["receiver", "consumer"])("the %s takes its config, and begins", (role) => {
  const script = `process.stdout.write(typeof require(${JSON.stringify(join(bundled, role, "index.js"))}).handler); process.exit()`;
  const env = { PATH: process.env["PATH"], NODE_PATH: join(root, "node_modules"), ...stack };
  expect(execFileSync(process.execPath, ["--eval", script], { env, encoding: "utf8" })).toBe(
    "function",
  );
});

it("the receiver is small", () => {
  expect(statSync(join(bundled, "receiver", "index.js")).size).toBeLessThan(300_000);
});

it("the definition has its modules as functions, and other names of options as ours", async () => {
  const gateway = gatewayFromFile(config);
  const { queue, orders } = gateway.destinations;
  expect([queue, orders].map((one) => one?.options.retry)).toMatchObject([
    { attempts: 3 },
    { attempts: 3 },
  ]);
  const transform = gateway.routes[1]?.transform as () => Promise<{ transform: () => unknown }>;
  expect((await transform()).transform()).toEqual({ is: "what the form is" });
  expect(planOf(gateway)).toMatchObject({
    secrets: { sources: ["SHOP_SECRET"], destinations: [] },
    jsonSchemas: [],
  });
});

it("finds each provider under the name of its export", () => {
  for (const [exported, { name }] of Object.entries(providers)) {
    const text = moduleOfJson({ sources: { one: { provider: name } } }, "definition.ts");
    expect(text).toContain(`import { ${exported} } from "surehook/providers";`);
  }
});
