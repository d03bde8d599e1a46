/** What a function of a deployed gateway is made of: one small file, and of the receiver nothing that delivers. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { bundleAll } from "../../src/cdk/bundling.ts";
import { functionRoles } from "../../src/cdk/gateway-function.ts";
import { destinations } from "../../src/destinations/index.ts";

const largestBytes = 300_000;
const userText = "what the user's own module does";

let project = "";
let bundled = "";

beforeAll(() => {
  // Within the repository, so that `surehook` is found as in an example.
  mkdirSync(join(root, "node_modules", ".cache"), { recursive: true });
  project = mkdtempSync(join(root, "node_modules", ".cache", "surehook-bundle-"));
  const config = join(project, "surehook.config.ts");
  writeFileSync(config, configText);
  writeFileSync(join(project, "fulfil.ts"), `export const handle = () => "${userText}";\n`);
  bundled = bundleAll({
    entry: config,
    roles: [...functionRoles, "cleaner"],
    fetchesKeys: false,
    checksJsonSchemas: false,
  });
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
  rmSync(bundled, { recursive: true, force: true });
});

const configText = `import { defineGateway, secret } from "surehook";
import { code, dynamodb, http, s3, salesforce, websocket } from "surehook/destinations";
import { hmac, stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }),
    shop: hmac({ path: "/shop", header: "x-signature", secrets: [secret("SIGNING_SECRET")] }),
  },
  destinations: {
    fulfil: code(() => import("./fulfil.ts")),
    table: dynamodb({ table: "WebhookEvents" }),
    kept: s3({ bucket: "kept" }),
    app: http({ url: "https://example.com/hooks" }),
    screens: websocket({ path: "/live", open: true }),
  },
  routes: [{ to: ["fulfil", "table", "kept", "app", "screens"] }],
});
`;

function fileOf(role: string): string {
  return join(bundled, role, "index.js");
}

/** What a stack sets, and functions read when they are loaded. */
const variables = [
  "SUREHOOK_TABLE",
  "SUREHOOK_BUCKET",
  "SUREHOOK_BUS",
  "SUREHOOK_QUEUE_URL",
  "SUREHOOK_DEAD_QUEUE_URL",
  "SUREHOOK_CONNECTIONS_TABLE",
  "SUREHOOK_CALLBACK_URL",
  "SUREHOOK_TOPIC_ARN",
];

/** Loads a function in a process of its own, as Lambda would; milliseconds. */
function initialisationMs(role: string): number {
  const script =
    "const start = performance.now();" +
    `const { handler } = require(${JSON.stringify(fileOf(role))});` +
    "process.stdout.write(JSON.stringify([typeof handler, performance.now() - start]));" +
    // A function may keep something open for its next event.
    "process.exit();";
  const env = {
    PATH: process.env["PATH"],
    NODE_PATH: join(root, "node_modules"),
    AWS_REGION: "us-east-1",
    ...Object.fromEntries(variables.map((name) => [name, "given-by-the-stack"])),
  };
  const output = execFileSync(process.execPath, ["--input-type=commonjs", "--eval", script], {
    env,
    encoding: "utf8",
    timeout: 30_000,
  });
  const [kind, ms]: [string, number] = JSON.parse(output);
  expect(kind).toBe("function");
  return ms;
}

describe.each(["receiver", "authorizer"])("the bundle of the %s", (role) => {
  it("is small", () => {
    expect(statSync(fileOf(role)).size).toBeLessThan(largestBytes);
  });

  it("has neither the user's destination code nor that of any kind", () => {
    const text = readFileSync(fileOf(role), "utf8");
    expect(text).not.toContain(userText);
    const titles = Object.values(destinations).map(({ title }) => `title:${JSON.stringify(title)}`);
    expect(titles.filter((title) => text.includes(title))).toEqual([]);
  });
});

it("the consumer has both", () => {
  const text = readFileSync(fileOf("consumer"), "utf8");
  expect(text).toContain(userText);
  expect(text).toContain('title:"Amazon DynamoDB"');
});

it.each([...functionRoles, "cleaner"])("the %s loads by itself, without the SDK in it", (role) => {
  const ms = initialisationMs(role);
  const kilobytes = Math.round(statSync(fileOf(role)).size / 1000);
  process.stdout.write(`${role}: ${kilobytes} kB, loaded in ${Math.round(ms)} ms\n`);
  expect(readFileSync(fileOf(role), "utf8")).not.toContain("node_modules/@aws-sdk");
});
