import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stripePost } from "../support/stripe-posts.ts";
import { mainFile } from "./gateway-folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const config = join(root, "examples/payments-archive/surehook.config.ts");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-invoke-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function surehook(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", mainFile, ...words],
    {
      encoding: "utf8",
      timeout: 60_000,
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        SUREHOOK_STORE: join(folder, "store.db"),
        STRIPE_WEBHOOK_SECRET: "whsec_of_this_test",
        SIGNING_SECRET: "sample",
        PUBLIC_URL: "https://hooks.example.com",
        ...env,
      },
    },
  );
  return { status, stderr, json: () => JSON.parse(stdout) };
}

it("runs the whole way of an event on this machine, function by function, with no cloud", () => {
  const words = ["--config", config, "--local"];
  const received = surehook(["invoke", "receiver", ...words]).json();
  expect(received.answer.statusCode).toBe(200);
  const [announced] = received.bus;
  expect(announced).toMatchObject({ source: "stripe", provider: "stripe" });
  expect(announced.deliveries).toHaveLength(1);
  const consumed = surehook(["invoke", "consumer", ...words]).json();
  expect(consumed.answer).toEqual({ batchItemFailures: [] });
  const listed = surehook(["deliveries", "--json"]).json();
  expect(listed.items ?? listed).toMatchObject([{ destination: "table", state: "delivered" }]);
});

it("takes an event from a file, as AWS hands it over", async () => {
  const samples = join(root, "docs/samples");
  const live = join(root, "examples/live-payments/surehook.config.ts");
  const run = (name: string) =>
    surehook(["invoke", name, "--config", live, "--event", join(samples, `${name}.json`)]);
  expect(run("receiver").json().answer).toMatchObject({ statusCode: 200 });
  expect(run("authorizer").json().answer.policyDocument.Statement).toMatchObject([
    { Effect: "Allow" },
  ]);
  for (const name of ["consumer", "archiver"]) {
    expect(run(name).json().answer).toEqual({ batchItemFailures: [] });
  }
  // What the receiver kept waits for its topic.
  expect(run("sweeper").json()).toMatchObject({ answer: { woken: 1 }, queue: [{}] });
  expect(run("refresher").json().answer).toEqual({ renewed: [] });
  for (const name of ["live", "broadcaster"]) {
    expect(run(name).stderr).toContain("SUREHOOK_CONNECTIONS_TABLE");
  }
  const known = (await readdir(samples)).filter((file) => file.endsWith(".json")).sort();
  expect(known).toEqual(
    [
      "archiver",
      "authorizer",
      "broadcaster",
      "consumer",
      "live",
      "receiver",
      "refresher",
      "sweeper",
    ].map((name) => `${name}.json`),
  );
  expect(readFileSync(join(samples, "README.md"), "utf8")).toContain("surehook invoke");
});

it.each([
  ["stripe-to-salesforce", "/webhook", "STRIPE_ENDPOINT_SECRET", "surehook.config.ts"],
  ["stripe-customers", "/webhook", "STRIPE_WEBHOOK_SECRET", "surehook.config.ts"],
  ["live-payments", "/webhook", "STRIPE_ENDPOINT_SECRET", "surehook.config.ts"],
  ["payments-archive", "/stripe", "STRIPE_WEBHOOK_SECRET", "surehook.config.ts"],
  ["handlers-on-lambda", "/webhooks/stripe", "STRIPE_WEBHOOK_SECRET", "config/webhooks.json"],
])("runs the receiver of examples/%s on an event of a file", (example, path, name, config) => {
  const { body, headers } = stripePost("whsec_of_stripe", {
    id: "evt_1",
    type: "customer.created",
    object: { id: "cus_1", object: "customer" },
  });
  const file = join(folder, "event.json");
  const requestContext = { identity: { sourceIp: "192.0.2.1" } };
  const request = { httpMethod: "POST", path, headers, body, isBase64Encoded: false };
  writeFileSync(file, JSON.stringify({ ...request, requestContext }));
  const own = join(root, "examples", example, config);
  const words = ["invoke", "receiver", "--event", file, "--config", own];
  const { answer, bus } = surehook(words, { [name]: "whsec_of_stripe" }).json();
  expect([answer.statusCode, bus]).toEqual([200, [expect.objectContaining({ source: "stripe" })]]);
});

it("answers handshakes as the gateway does, and keeps what is learned sealed", () => {
  const path = join(folder, "surehook.config.ts");
  writeFileSync(
    path,
    `import { defineGateway, secret } from "surehook";
import { asana, x } from "surehook/providers";
export default defineGateway({
  sources: {
    asana: asana({ path: "/asana", learn: true }),
    x: x({ path: "/x", secrets: [secret("SIGNING_SECRET")] }),
  },
  destinations: {},
  routes: [],
});`,
  );
  const receive = (event: object) => {
    const file = join(folder, "event.json");
    const context = { identity: { sourceIp: "192.0.2.1" } };
    const rest = { body: null, isBase64Encoded: false, requestContext: context };
    writeFileSync(file, JSON.stringify({ ...rest, ...event }));
    return surehook(["invoke", "receiver", "--config", path, "--event", file]).json().answer;
  };
  const asked = {
    httpMethod: "GET",
    path: "/x",
    multiValueQueryStringParameters: { crc_token: ["foo"] },
  };
  const digest = createHmac("sha256", "sample").update("foo").digest("base64");
  expect(receive(asked)).toMatchObject({
    statusCode: 200,
    body: JSON.stringify({ response_token: `sha256=${digest}` }),
  });
  const shown = "b537207f20cbfa02357cf448134da559";
  const post = (headers: object) => ({ httpMethod: "POST", path: "/asana", body: "{}", headers });
  expect(receive(post({ "X-Hook-Secret": shown }))).toMatchObject({
    statusCode: 200,
    headers: { "X-Hook-Secret": shown },
  });
  const signature = createHmac("sha256", shown).update("{}").digest("hex");
  expect(receive(post({ "X-Hook-Signature": signature })).statusCode).toBe(200);
});

it("says what is wrong with a file that is no event", () => {
  const gone = surehook(["invoke", "receiver", "--config", config, "--event", "gone.json"]);
  expect([gone.status, gone.stderr]).toEqual([3, expect.stringContaining("gone.json")]);
  const noJson = surehook(["invoke", "receiver", "--config", config, "--event", config]);
  expect(noJson.status).toBe(2);
});
