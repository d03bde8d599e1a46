import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { judgeEvent } from "../../src/app/invoked-events.ts";
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

function surehook(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
) {
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

const samples = join(root, "docs/samples");
const live = join(root, "examples/live-payments/surehook.config.ts");
const functions = [
  "archiver",
  "authorizer",
  "broadcaster",
  "consumer",
  "live",
  "receiver",
  "refresher",
  "sweeper",
] as const;

/** Nothing of the config is set. */
const unset = {
  STRIPE_WEBHOOK_SECRET: undefined,
  SIGNING_SECRET: undefined,
  PUBLIC_URL: undefined,
};

it("runs each function on its sample event by one command, with nothing set and no cloud", () => {
  const run = (name: string) => {
    const event = join(samples, `${name}.json`);
    const words = ["invoke", name, "--local", "--config", live, "--event", event];
    const { status, json } = surehook(words, unset);
    expect([name, status]).toEqual([name, 0]);
    return json();
  };
  expect(run("receiver").answer).toMatchObject({ statusCode: 200 });
  expect(run("authorizer").answer.policyDocument.Statement).toMatchObject([{ Effect: "Allow" }]);
  // What the receiver kept is on its way.
  expect(run("sweeper")).toMatchObject({ answer: { woken: 1 }, queue: [{}] });
  const [delivered] = run("consumer").deliveries;
  expect(delivered).toMatchObject({ outcome: { kind: "delivered" }, state: "delivered" });
  expect(readFileSync(join(folder, "local/sns/screens.jsonl"), "utf8")).toContain("Message");
  expect(run("archiver").deliveries).toMatchObject([{ isArchived: true }]);
  expect(readdirSync(join(folder, "archive"))).not.toEqual([]);
  expect(run("refresher").answer).toEqual({ renewed: [] });
  expect(run("live").answer).toEqual({ statusCode: 200 });
  const connectionId = "L0SM9cOFvHcCIhw=";
  expect(run("broadcaster").clients).toEqual([{ connectionId, sent: '{"test":"ok"}' }]);
}, 60_000);

it("has a sample event of each function", async () => {
  const known = (await readdir(samples)).filter((file) => file.endsWith(".json")).sort();
  expect(known).toEqual(functions.map((name) => `${name}.json`));
  expect(readFileSync(join(samples, "README.md"), "utf8")).toContain("surehook invoke");
});

it("a live client on this machine connects, resumes, hears what is broadcast, and goes", () => {
  const words = ["--config", live, "--local"];
  const said = (eventType: string, rest: object = {}) => {
    const file = join(folder, "event.json");
    const requestContext = { connectionId: "one", eventType };
    writeFileSync(file, JSON.stringify({ ...rest, requestContext }));
    return surehook(["invoke", "live", ...words, "--event", file], unset).json();
  };
  const [announced] = surehook(["invoke", "receiver", ...words], unset).json().bus;
  expect(surehook(["invoke", "consumer", ...words], unset).status).toBe(0);
  const headers = { "Sec-WebSocket-Protocol": "surehook.v1" };
  expect(said("CONNECT", { headers }).answer).toEqual({ statusCode: 200, headers });
  const missed = said("MESSAGE", { body: JSON.stringify({ resume: announced.eventId }) });
  expect(missed.clients.map(({ sent }: { sent: string }) => JSON.parse(sent))).toEqual([
    { ok: "resume", events: 0 },
  ]);
  const [heard] = surehook(["invoke", "broadcaster", ...words], unset).json().clients;
  expect([heard.connectionId, JSON.parse(heard.sent).id]).toEqual(["one", announced.eventId]);
  said("DISCONNECT");
  const shown = surehook(["invoke", "broadcaster", ...words], unset).json().clients;
  expect(shown).toMatchObject([{ connectionId: "sample" }]);
}, 60_000);

it.each([
  ["stripe-customers", "surehook.config.ts"],
  ["payments-archive", "surehook.config.ts"],
  ["handlers-on-lambda", "config/webhooks.json"],
])(
  "runs the functions of examples/%s on events of their own making, with nothing set",
  (example, config) => {
    const own = join(root, "examples", example, config);
    for (const name of ["receiver", "authorizer", "sweeper", "consumer", "archiver", "refresher"]) {
      const { status, stderr } = surehook(["invoke", name, "--local", "--config", own], unset);
      expect([name, status, stderr]).toEqual([
        name,
        0,
        expect.not.stringContaining('"level":"error"'),
      ]);
    }
  },
  60_000,
);

it("a function that can't do its work says so, and fails", () => {
  const own = join(root, "examples/stripe-to-salesforce/surehook.config.ts");
  const consumed = surehook(["invoke", "consumer", "--local", "--config", own], unset);
  expect([consumed.status, consumed.stderr]).toEqual([1, expect.stringContaining("SFDC_ENDPOINT")]);
  const outcome = { kind: "interrupted", reason: expect.stringContaining("SFDC_ENDPOINT") };
  expect(consumed.json().deliveries).toMatchObject([{ state: "ready", outcome }]);
  const without = surehook(["invoke", "live", "--local", "--config", own], unset);
  expect([without.status, without.stderr]).toEqual([2, expect.stringContaining("websocket")]);
  const cloudless = surehook(["invoke", "live", "--config", live]);
  expect([cloudless.status, cloudless.stderr]).toEqual([2, expect.stringContaining("--local")]);
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

it.each([
  ["receiver", {}, "httpMethod"],
  ["receiver", { version: "2.0" }, "rawPath"],
  ["authorizer", { path: "/" }, "methodArn"],
  ["consumer", [], "records of a queue"],
  ["consumer", { Records: [{ body: "{}" }] }, "Records.0.messageId"],
  ["archiver", {}, "Records"],
  ["sweeper", [], "scheduled event"],
  ["refresher", { detail: 1 }, "detail"],
  ["live", { requestContext: { connectionId: "x", eventType: "GONE" } }, "eventType"],
  ["broadcaster", { Records: [{}] }, "Records.0.Sns"],
])("the %s says what of %j isn't as it is handed over", (name, event, expected) => {
  expect(() => judgeEvent(name as "receiver", event)).toThrow(
    expect.objectContaining({ code: "USAGE", message: expect.stringContaining(expected) }),
  );
});

it("a wrong event is wrong usage, told in words", () => {
  const file = join(folder, "event.json");
  writeFileSync(file, "[]");
  const { status, stderr } = surehook(["invoke", "consumer", "--config", config, "--event", file]);
  expect([status, stderr]).toEqual([2, expect.stringContaining("records of a queue")]);
  expect(stderr).toContain("docs/samples/consumer.json");
  expect(stderr).not.toContain("TypeError");
});
