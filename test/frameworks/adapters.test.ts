/** Each adapter in its framework, over a socket: raw bytes, whatever the application does with bodies. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { scratch } from "../support/gateway-process.ts";
import { forwardSecret, openSink, type Sink, sha256 } from "../support/sink.ts";
import { signStripe, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";
import { frameworks, type Parser } from "./frameworks.ts";

// Blanks and escapes that no parser would write again.
const body = '{ "id": "evt_1", "type": "a.b",\n  "name": "\\u00e9", "created": 1.0e3 }';
const program = fileURLToPath(new URL("./run.ts", import.meta.url));

let sink: Sink;
let folder: ReturnType<typeof scratch>;
let child: ChildProcess;
let port: number;
let logged: string;

beforeAll(async () => {
  sink = await openSink();
});

afterAll(() => sink.close());

afterEach(async () => {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  folder.remove();
});

async function run(name: string, parser: Parser): Promise<void> {
  folder = scratch("adapter");
  logged = "";
  const env = { ...process.env, ADAPTER_STRIPE: stripeSecret, ADAPTER_FORWARD: forwardSecret };
  const args = ["--no-warnings", program, name, parser, `${folder.path}/store.db`, sink.url];
  child = spawn(process.execPath, args, { env: { ...env, NODE_OPTIONS: "" } });
  child.stderr?.on("data", (bytes: Buffer) => {
    logged += bytes.toString();
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(() => Promise.reject(new Error(logged))),
  ]);
  port = JSON.parse(String(line)).port;
}

function post(path: string, headers: Record<string, string>, text = body): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
}

const signed = () => ({ "stripe-signature": signStripe(body) });
const cases = Object.entries(frameworks).flatMap(([name, { parsers }]) =>
  parsers.map((parser) => [name, parser] as const),
);

describe.each(
  cases.filter(([name, parser]) => parser !== "first" || name === "Fastify" || name === "Koa"),
)("%s, parser: %s", (name, parser) => {
  test("stores and delivers the bytes as signed, and answers a repeat the same", async () => {
    await run(name, parser);
    const before = sink.arrivals.length;
    const first = await post("/webhooks/stripe/one?x=1", signed());
    const answer = await first.text();
    expect({ status: first.status, answer }).toEqual({
      status: 200,
      answer: expect.stringContaining('"received":true,"eventId":"evt_1"'),
    });
    const again = await post("/webhooks/stripe/one?x=1", signed());
    expect(await again.text()).toBe(answer);
    await until("the event is delivered", () => sink.arrivals.length > before);
    expect(sink.arrivals.at(-1)?.sha256).toBe(sha256(body));
    const refused = await post("/webhooks/stripe/one", { "stripe-signature": signStripe("other") });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: "INVALID_SIGNATURE" });
    const health = await fetch(`http://127.0.0.1:${port}/webhooks/health`);
    expect(await health.json()).toMatchObject({ status: "healthy", providers: ["stripe"] });
  });
});

describe.each([["Express"], ["Fastify"], ["Koa"], ["Hono"], ["fetch-style"]])("%s", (name) => {
  test("keeps what isn't the gateway's to itself", async () => {
    await run(name, name === "fetch-style" ? "none" : "after");
    const own = await post("/own", {}, '{"name":"mine"}');
    expect(await own.text()).toBe("mine");
  });
});

describe.each([["Express"], ["Hono"]])("%s with a parser that leaves no bytes", (name) => {
  test("is told what to change, and the sender to come again", async () => {
    await run(name, "first");
    const refused = await post("/webhooks/stripe/one", signed());
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: "BODY_PARSED" });
    expect(refused.headers.get("retry-after")).not.toBeNull();
    await until("it is logged", () => logged.includes("app.use(surehook(gateway))"));
  });
});
