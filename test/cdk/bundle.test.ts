/** What a function of a deployed gateway is made of: one small file, and of the receiver nothing that delivers. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { defineGateway, secret } from "surehook";
import { Surehook } from "surehook/cdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { bundleAll } from "../../src/cdk/bundling.ts";
import { functionRoles } from "../../src/cdk/gateway-function.ts";
import { destinations } from "../../src/destinations/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { initialisationMs } from "./loading.ts";

const largestBytes = 300_000;
const longestInitialisationMs = 150;
const userText = "what the user's own module does";
const answeringText = "what a module answers the sender";

let project = "";
let bundled = "";
/** Functions of system D, one of whose senders is proven by a certificate that must be fetched. */
let ofExample = "";
/** The receiver of a source that answers by a module. */
let ofAnswering = "";

beforeAll(() => {
  // Within the repository, so that `surehook` is found as in an example.
  mkdirSync(join(root, "node_modules", ".cache"), { recursive: true });
  project = mkdtempSync(join(root, "node_modules", ".cache", "surehook-bundle-"));
  const config = join(project, "surehook.config.ts");
  writeFileSync(config, configText);
  writeFileSync(join(project, "fulfil.ts"), `export const handle = () => "${userText}";\n`);
  writeFileSync(join(project, "answer.ts"), `export const respond = () => "${answeringText}";\n`);
  bundled = bundleAll({
    entry: config,
    roles: [...functionRoles, "cleaner"],
  });
  const entry = join(root, "examples", "payments-archive", "surehook.config.ts");
  ofExample = bundleAll({ entry, roles: ["receiver"] });
  ofAnswering = bundleAll({ entry: config, roles: ["receiver"], answering: ["./answer.ts"] });
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
  rmSync(bundled, { recursive: true, force: true });
  rmSync(ofExample, { recursive: true, force: true });
  rmSync(ofAnswering, { recursive: true, force: true });
});

const configText = `import { defineGateway, secret } from "surehook";
import { code, dynamodb, http, s3, salesforce, websocket } from "surehook/destinations";
import { hmac, stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }),
    shop: hmac({
      path: "/shop",
      header: "x-signature",
      secrets: [secret("SIGNING_SECRET")],
      respond: () => import("./answer.ts"),
    }),
  },
  destinations: {
    fulfil: code(() => import("./fulfil.ts")),
    table: dynamodb({ table: "WebhookEvents" }),
    kept: s3({ bucket: "kept" }),
    app: http({ url: "https://example.com/hooks" }),
    screens: websocket({ path: "/live", open: true }),
    crm: salesforce({
      url: secret("SFDC_ENDPOINT"),
      token: {
        grant: "client_credentials",
        loginUrl: "https://example.my.salesforce.com",
        clientId: "id",
        clientSecret: secret("SFDC_SECRET"),
      },
    }),
  },
  routes: [{ to: ["fulfil", "table", "kept", "app", "screens"] }],
});
`;

function fileOf(role: string, folder = bundled): string {
  return join(folder, role, "index.js");
}

/** These two have an HTTP client; and the user's modules are in the consumer. */
const clients = ["consumer", "refresher"] as const;
const largestClientBytes = 700_000;
const small = functionRoles.filter((role) => !clients.some((one) => one === role));

it.each(clients)("the %s has of its HTTP client what it uses", (role) => {
  expect(statSync(fileOf(role)).size).toBeLessThan(largestClientBytes);
});

it("only a definition that gives events the form of CloudEvents has their package", () => {
  const entry = join(project, "surehook.config.ts");
  const folder = bundleAll({ entry, roles: ["consumer"], makesCloudEvents: true });
  const isIn = (file: string) => readFileSync(file, "utf8").includes("specversion");
  expect([isIn(fileOf("consumer", folder)), isIn(fileOf("consumer"))]).toEqual([true, false]);
  rmSync(folder, { recursive: true, force: true });
});

it.each(small)("the %s is small", (role) => {
  expect(statSync(fileOf(role)).size).toBeLessThan(largestBytes);
});

it.each([
  ["receiver", []],
  ["authorizer", []],
  ["sweeper", []],
  ["archiver", []],
  ["broadcaster", []],
  ["live", ["websocket"]],
  // Live clients are told by a topic, and the refresher opens destinations as the consumer does.
  ["refresher", ["salesforce", "sns"]],
])("of destinations the %s has no code but %j", (role, expected) => {
  const text = readFileSync(fileOf(role), "utf8");
  expect(text.includes(userText)).toBe(role === "live");
  const found = Object.entries(destinations).filter(([, { title }]) =>
    text.includes(`title:${JSON.stringify(title)}`),
  );
  expect(found.map(([name]) => name)).toEqual(expected);
});

it("the receiver is small with PayPal too, and loads in time", () => {
  const file = fileOf("receiver", ofExample);
  expect(readFileSync(file, "utf8").includes("SHA256withRSA")).toBe(true);
  expect(statSync(file).size).toBeLessThan(largestBytes);
  // The best of some, since caches of the processor are shared too.
  const took = Array.from({ length: 7 }, () => initialisationMs(file));
  expect(Math.min(...took)).toBeLessThan(longestInitialisationMs);
});

it("a receiver that answers by a module has that module, and none of the others", () => {
  const text = readFileSync(fileOf("receiver", ofAnswering), "utf8");
  expect([text.includes(answeringText), text.includes(userText)]).toEqual([true, false]);
  expect(statSync(fileOf("receiver", ofAnswering)).size).toBeLessThan(largestBytes);
});

it("a schema that can't be used refuses the synthesis", () => {
  // Node.js strips no types below node_modules.
  const entry = join(project, "schemas.config.mjs");
  writeFileSync(
    entry,
    `import { defineGateway, secret } from "surehook";
import { stripe } from "surehook/providers";

const schemas = { "charge.*": { type: "nonsense" }, "payout.*": { type: "object" } };
export default defineGateway({
  sources: { stripe: stripe({ path: "/stripe", secrets: [secret("S")], schemas }) },
  destinations: {},
  routes: [],
});
`,
  );
  const schemas = { "charge.*": { type: "nonsense" }, "payout.*": { type: "object" } };
  const sources = { stripe: stripe({ path: "/stripe", secrets: [secret("S")], schemas }) };
  const gateway = defineGateway({ sources, destinations: {}, routes: [] });
  const stack = new Stack(new App(), "Schemas");
  expect(() => new Surehook(stack, "Gateway", { gateway, entry })).toThrow(
    /sources\.stripe\.schemas\.charge\.\*/,
  );
});

it.each([...functionRoles])("the %s has no sample events", (role) => {
  const text = readFileSync(fileOf(role), "utf8");
  // Not by toContain, which would print all of it.
  const found = ["a sample event", "ada@example.com", "Torstr"].filter((word) =>
    text.includes(word),
  );
  expect(found).toEqual([]);
});

it("the consumer has both", () => {
  const text = readFileSync(fileOf("consumer"), "utf8");
  expect(text).toContain(userText);
  expect(text).toContain('title:"Amazon DynamoDB"');
});

it.each([...functionRoles, "cleaner"])("the %s loads by itself, without the SDK in it", (role) => {
  const ms = initialisationMs(fileOf(role));
  const kilobytes = Math.round(statSync(fileOf(role)).size / 1000);
  process.stdout.write(`${role}: ${kilobytes} kB, loaded in ${Math.round(ms)} ms\n`);
  expect(readFileSync(fileOf(role), "utf8")).not.toContain("node_modules/@aws-sdk");
});
