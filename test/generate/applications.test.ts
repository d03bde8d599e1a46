/** A new application of each framework, and by each package manager, from the packed packages to its answers. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/gateway-process.ts";
import { signStripe } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";
import { environment, install, type Packed, packed, run } from "./packed.ts";

const secret = "whsec_of_a_new_application";
const startMs = 120_000;
/** The registry and two cores set the pace. */
const applicationMs = 600_000;

let packages: Packed;
let running: ChildProcess | undefined;
let said = "";

beforeAll(async () => {
  packages = await packed();
}, applicationMs);

afterEach(async () => {
  const started = running;
  running = undefined;
  if (started?.pid === undefined || started.exitCode !== null) return;
  const ended = once(started, "exit");
  // The package manager's run is the group's leader; the application is in it.
  process.kill(-started.pid, "SIGKILL");
  await ended;
});

afterAll(() => packages.remove());

/** Every file but those that were installed or built, with its content's hash. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const own = paths.filter(
    (path) => !/\/(?:node_modules|\.next|dist|cdk\.out|\.surehook)\//.test(path),
  );
  const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  return Object.fromEntries(own.map((path) => [path.slice(folder.length + 1), hash(path)]));
}

/** Starts the application by its own script; resolves when its webhooks are healthy. */
async function start(folder: string, manager: string): Promise<string> {
  const port = await freePort();
  said = "";
  running = spawn(manager, ["run", "start"], {
    cwd: folder,
    detached: true,
    env: {
      ...environment,
      PORT: String(port),
      STRIPE_WEBHOOK_SECRET: secret,
      GITHUB_WEBHOOK_SECRET: secret,
      SHOPIFY_WEBHOOK_SECRET: secret,
    },
  });
  for (const stream of [running.stdout, running.stderr]) {
    stream?.on("data", (bytes: Buffer) => {
      said += bytes.toString();
    });
  }
  const url = `http://127.0.0.1:${port}/webhooks`;
  const isHealthy = async () => {
    if (running?.exitCode !== null) throw new Error(`the application ended:\n${said}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    return answer?.ok === true;
  };
  await until("the application is healthy", isHealthy, startMs).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${said}`);
  });
  return url;
}

function event(id: string): string {
  const object = { id: `pi_${id}`, amount: 1999, currency: "eur", metadata: { orderId: id } };
  const created = Math.floor(Date.now() / 1000);
  return JSON.stringify({ id, type: "payment_intent.succeeded", created, data: { object } });
}

function post(url: string, body: string, signature = signStripe(body, { secret })) {
  const headers = { "content-type": "application/json", "stripe-signature": signature };
  return fetch(`${url}/stripe`, { method: "POST", headers, body });
}

/** Posts 150 events at once; their statuses. */
async function crowd(url: string, idOf: (at: number) => string): Promise<readonly number[]> {
  const bodies = Array.from({ length: 150 }, (_, at) => event(idOf(at)));
  const answers = await Promise.all(bodies.map((body) => post(url, body)));
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  return answers.map(({ status }) => status);
}

function stateOf(folder: string, table: "orders" | "repositories", id: string): unknown {
  const database = new DatabaseSync(join(folder, ".surehook/application.db"), { readOnly: true });
  const row = database.prepare(`SELECT state FROM ${table} WHERE id = ?`).get(id);
  database.close();
  return row?.["state"];
}

/** GitHub's push, signed as its documentation says. */
function postPush(url: string, { isSigned }: { readonly isSigned: boolean }) {
  const body = JSON.stringify({
    ref: "refs/heads/main",
    after: "c0ffee",
    repository: { full_name: "octo-dev/hello" },
  });
  const key = isSigned ? secret : "another";
  const signature = createHmac("sha256", key).update(body).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": "delivery-1",
    "x-hub-signature-256": `sha256=${signature}`,
  };
  return fetch(`${url}/github`, { method: "POST", headers, body });
}

/** What a request was answered. */
async function answered(answer: Promise<Response>) {
  const response = await answer;
  return { status: response.status, body: await response.json() };
}

/** What the generated handlers promise beside Stripe's events: the cases that such generators are tried with. */
async function answersOthersAsPromised(url: string, folder: string): Promise<void> {
  expect(await answered(fetch(`${url}/health`))).toEqual({
    status: 200,
    body: {
      status: "healthy",
      providers: ["stripe", "github", "shopify"],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    },
  });

  expect((await postPush(url, { isSigned: false })).status).toBe(401);
  const push = await answered(postPush(url, { isSigned: true }));
  expect(push).toMatchObject({ status: 200, body: { received: true, eventId: "delivery-1" } });
  await until(
    "the push is known",
    () => stateOf(folder, "repositories", "octo-dev/hello") === "refs/heads/main is at c0ffee",
  );

  const lacking = JSON.stringify({ id: "lacking", type: "payment_intent.succeeded", data: {} });
  expect(await answered(post(url, lacking))).toEqual({
    status: 200,
    body: { received: true, error: "Validation failed, event ignored" },
  });
  const unsigned = await answered(fetch(`${url}/stripe`, { method: "POST", body: lacking }));
  expect(unsigned).toMatchObject({ status: 401, body: { code: "MISSING_SIGNATURE" } });
}

async function answersAsPromised(url: string, folder: string): Promise<void> {
  const body = event("order-1");
  const first = await post(url, body);
  const answer = await first.text();
  expect({ status: first.status, answer }).toEqual({
    status: 200,
    answer: expect.stringMatching(/"received":true,"eventId":"order-1"/),
  });
  expect(await (await post(url, body)).text()).toBe(answer);
  await until("the order is paid", () => stateOf(folder, "orders", "order-1") === "paid");

  const forged = signStripe(body, { secret: "another" });
  expect(await answered(post(url, body, forged))).toEqual({
    status: 401,
    body: { error: "Webhook verification failed", code: "INVALID_SIGNATURE" },
  });
  const at = Math.floor(Date.now() / 1000) - 301;
  const stale = await answered(post(url, body, signStripe(body, { secret, at })));
  expect(stale).toMatchObject({ status: 401, body: { code: "TIMESTAMP_TOO_OLD" } });
  await answersOthersAsPromised(url, folder);

  const fresh = await crowd(url, (at) => `crowd-${at}`);
  expect([...new Set(fresh)].sort()).toEqual([200, 429]);
  const repeated = await crowd(url, () => "order-1");
  expect(repeated).toContain(429);
}

type Made = {
  readonly framework: string;
  readonly manager?: string;
  readonly language?: "typescript" | "javascript";
};

/** A second run of the generator finds nothing to do. */
async function isDone(folder: string, ...words: readonly string[]): Promise<void> {
  const before = filesOf(folder);
  const again = await packages.create(folder, ...words, "--yes");
  expect(again).toContain("Nothing to write");
  expect(filesOf(folder)).toEqual(before);
}

async function isMadeAndRuns(made: Made): Promise<void> {
  const { framework, manager = "npm", language = "typescript" } = made;
  const folder = join(packages.folder, `${framework}-${manager}-${language}`);
  mkdirSync(folder);
  const words = ["--senders", "stripe,github,shopify", "--framework", framework] as const;
  await packages.create(folder, ...words, `--${language}`, "--yes");

  const program = manager === "npm" ? manager : packages.tool(manager);
  await install(folder, program, packages.tarball);
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const script of ["build", "check", "test:webhooks"].filter((name) => name in scripts)) {
    await run(folder, [program, "run", script]);
  }

  await isDone(folder, ...words, `--${language}`);
  await answersAsPromised(await start(folder, program), folder);
}

describe("a new application, with npm", () => {
  test.each(["express", "fastify", "hono", "koa", "nest", "next", "node"])(
    "of %s",
    (framework) => isMadeAndRuns({ framework }),
    applicationMs,
  );

  test(
    "in JavaScript",
    () => isMadeAndRuns({ framework: "express", language: "javascript" }),
    applicationMs,
  );
});

test(
  "an application of CommonJS that is there mounts what is generated into it",
  async () => {
    const folder = join(packages.folder, "there");
    mkdirSync(folder);
    const manifest = {
      name: "there",
      type: "commonjs",
      scripts: { start: "node index.js" },
      dependencies: { express: "^5.0.0" },
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    const application = `
const express = require("express");
const { webhooks } = require("./webhooks/routes.js");

const app = express();
app.use(webhooks);
app.use(express.json());
app.post("/own", (request, response) => response.send(request.body.name));
app.listen(Number(process.env.PORT), "127.0.0.1");
`;
    writeFileSync(join(folder, "index.js"), application);
    await packages.create(folder, "--senders", "stripe,github,shopify", "--yes");
    expect(readFileSync(join(folder, "index.js"), "utf8")).toBe(application);
    await install(folder, "npm", packages.tarball);
    await run(folder, ["npm", "run", "test:webhooks"]);
    const url = await start(folder, "npm");
    await answersAsPromised(url, folder);
    const headers = { "content-type": "application/json" };
    const own = { method: "POST", headers, body: '{"name":"mine"}' };
    expect(await (await fetch(new URL("/own", url), own)).text()).toBe("mine");
  },
  applicationMs,
);

test(
  "functions on Lambda are type-checked, take signed requests of both kinds of API, and are bundled",
  async () => {
    const folder = join(packages.folder, "functions");
    mkdirSync(folder);
    const words = ["--senders", "stripe,github,shopify", "--target", "lambda"] as const;
    await packages.create(folder, ...words, "--yes");
    await install(folder, "npm", packages.tarball);
    await run(folder, ["npm", "run", "check"]);
    await run(folder, ["npm", "run", "test:webhooks"]);
    const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const [, stack = ""] = /--app "(.+)"/.exec(scripts["deploy:webhooks"]) ?? [];
    await run(folder, ["npx", "cdk", "synth", "--quiet", "--app", stack]);
    const template = readFileSync(join(folder, "cdk.out/Webhooks.template.json"), "utf8");
    expect(template).toContain("WEBHOOKS_STATE_TABLE");
    await isDone(folder, ...words);
  },
  applicationMs,
);

describe("a new application of Express", () => {
  beforeAll(() => packages.install("pnpm@12", "yarn@1", "bun@1"), applicationMs);

  test.each(["pnpm", "yarn", "bun"])(
    "with %s",
    (manager) => isMadeAndRuns({ framework: "express", manager }),
    applicationMs,
  );
});
