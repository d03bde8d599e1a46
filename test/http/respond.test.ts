/** Sources that answer by a module, over a real socket, with the module in a process of its own. */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Provider, secret } from "../../src/core/define.ts";
import type { RespondOptions } from "../../src/core/respond.ts";
import { http } from "../../src/destinations/index.ts";
import { discord, hmac, slack, twilio, vapi } from "../../src/providers/index.ts";
import { scratch, startGateway, writeConfig } from "../support/gateway-process.ts";
import { runHere } from "../support/in-process.ts";
import { allEvents, allRequests, beside } from "../support/kept.ts";
import { exchangeOnce, type RawAnswer } from "../support/raw-http.ts";
import { forwardSecret, openSink } from "../support/sink.ts";
import { signStripe, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const module = `let calls = 0;
export async function respond(event, context) {
  calls += 1;
  const { say, gate } = event.payload ?? {};
  context.log("asked", { say });
  if (gate !== undefined) await (await fetch(gate)).text();
  if (say === "all") return { status: 202, headers: { "X-Calls": String(calls) }, body: { calls, of: event.type } };
  if (say === "text") return "plain " + calls;
  if (say === "hang") return new Promise(() => undefined);
  if (say === "block") for (;;);
  if (say === "crash") process.exit(3);
  if (say === "throw") throw new Error("no");
  if (say === "wrong") return { status: 99 };
  if (say === "headers") return { headers: { "Content-Length": "1" }, body: "x" };
  if (say === "large") return { body: "x".repeat(1_100_000) };
  if (event.provider === "twilio") return { headers: { "Content-Type": "text/xml" }, body: "<Response/>" };
  if (event.provider === "slack") return { body: { text: new URLSearchParams(event.body.toString()).get("command") } };
  if (event.provider === "discord") return { body: { type: 4, data: { content: event.payload.data.name } } };
  if (event.provider === "vapi") return { body: { results: [{ toolCallId: event.payload.message.toolCallList[0].id, result: "7" }] } };
  return undefined;
}
`;

const key = "a secret of this test";
const pem = generateKeyPairSync("ed25519")
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
Object.assign(process.env, { T_RESPOND: key, T_DISCORD: pem, T_FORWARD: forwardSecret });

/** Requests of modules, held until they are let go. */
const gates: { readonly path: string; readonly response: ServerResponse }[] = [];
const gateServer = createServer((request, response) => {
  gates.push({ path: request.url ?? "", response });
});
await new Promise<void>((resolve) => {
  gateServer.listen(0, "127.0.0.1", resolve);
});
const gateUrl = (name: string) =>
  `http://127.0.0.1:${(gateServer.address() as AddressInfo).port}/${name}`;
const heldAt = (name: string) =>
  until(`a call at ${name}`, () => gates.find(({ path }) => path === `/${name}`));

const folder = scratch("respond");
writeFileSync(join(folder.path, "answer.mjs"), module);
const sink = await openSink();

const secrets = [secret("T_RESPOND")];
const publicUrl = "https://hooks.example.com";
const fallback = { status: 200, headers: { "x-fallback": "1" }, body: "later" };
const answering = (name: string, more: Partial<RespondOptions> = {}, isShort = false) =>
  hmac({
    path: `/${name}`,
    header: "x-signature",
    id: { json: "id" },
    secrets,
    respond: {
      module: "./answer.mjs",
      fallback,
      deadlineSeconds: isShort ? 1 : 30,
      ...more,
    },
  });

const gateway = await runHere(
  {
    publicUrl,
    sources: {
      patient: answering("patient"),
      hurried: answering("hurried", {}, true),
      here: answering("here", { isolation: "none" }),
      hereHurried: answering("hereHurried", { isolation: "none" }, true),
      usual: answering("usual", { fallback: undefined }, true),
      slack: slack({ path: "/slack", secrets, respond: "./answer.mjs" }),
      discord: discord({
        path: "/discord",
        secrets: [secret("T_DISCORD")],
        respond: "./answer.mjs",
      }),
      twilio: twilio({ path: "/twilio", secrets, respond: "./answer.mjs" }),
      vapi: vapi({ path: "/vapi", secrets, respond: "./answer.mjs" }),
    },
    destinations: {
      sink: http({ url: sink.url, secrets: [secret("T_FORWARD")], allowPrivate: true }),
    },
    routes: [{ to: "sink" }],
    server: { host: "127.0.0.1" },
  },
  folder,
);

afterAll(async () => {
  for (const { response } of gates) response.end();
  await gateway.end();
  await sink.close();
  gateServer.closeAllConnections();
  gateServer.close();
});

const sign = (provider: Provider, path: string, given: { body: Buffer; secret: string }) =>
  provider.sign({
    ...given,
    now: Date.now(),
    options: { header: "x-signature" },
    id: "1",
    type: "t",
    url: publicUrl + path,
  });

const post = (name: string, payload: object): Promise<RawAnswer> => {
  const body = Buffer.from(JSON.stringify(payload), "utf8");
  const path = `/${name}`;
  const { headers } = sign(hmac, path, { body, secret: key });
  return exchangeOnce(gateway.port, { path, headers, body });
};

const keptOf = (source: string, providerEventId: string) =>
  beside(gateway.store, async (engine) => {
    const events = await allEvents(engine, { source, providerEventId });
    const requests = await allRequests(engine, { source });
    const mine = requests.filter(({ eventIds }) => eventIds.includes(events[0]?.id ?? ""));
    return { events, outcomes: mine.map(({ outcome }) => outcome) };
  });

const delivered = (id: string) =>
  until("its delivery", () => sink.arrivals.some(({ eventId }) => eventId === id));

describe("a source with a module", () => {
  test("answers what that says, and delivers the event", async () => {
    const id = randomUUID();
    const answer = await post("patient", { id, say: "all", type: "a.b" });
    expect(answer.status).toBe(202);
    expect(answer.headers["content-type"]).toBe("application/json");
    const { calls, of } = JSON.parse(answer.body) as { calls: number; of: string };
    expect([of, answer.headers["x-calls"]]).toEqual(["a.b", String(calls)]);
    const { events } = await keptOf("patient", id);
    expect(events).toHaveLength(1);
    await delivered(events[0]?.id ?? "");
  });

  test("answers a duplicate the same, without asking again", async () => {
    const payload = { id: randomUUID(), say: "text" };
    const first = await post("patient", payload);
    expect(first).toMatchObject({ status: 200, body: expect.stringMatching(/^plain \d+$/) });
    expect(first.headers["content-type"]).toBe("text/plain; charset=utf-8");
    for (let time = 0; time < 3; time += 1) {
      const next = await post("patient", payload);
      expect([next.status, next.body]).toEqual([first.status, first.body]);
      expect(next.headers["content-type"]).toBe(first.headers["content-type"]);
    }
    expect((await keptOf("patient", payload.id)).outcomes).toEqual([
      "accepted",
      "duplicate",
      "duplicate",
      "duplicate",
    ]);
  });

  test("has kept the event before it asks, and lets a duplicate wait for the same answer", async () => {
    const id = randomUUID();
    const payload = { id, say: "all", gate: gateUrl(id) };
    const first = post("patient", payload);
    const { response } = await heldAt(id);
    const { events } = await keptOf("patient", id);
    expect(events).toHaveLength(1);
    const second = post("patient", payload);
    await until("the duplicate's receipt", async () => {
      const { outcomes } = await keptOf("patient", id);
      return outcomes.includes("duplicate");
    });
    // What it owes goes out meanwhile.
    await delivered(events[0]?.id ?? "");
    response.end();
    const answers = await Promise.all([first, second]);
    expect(answers[0]?.status).toBe(202);
    expect(answers[1]?.body).toBe(answers[0]?.body);
    expect(gates.filter(({ path }) => path === `/${id}`)).toHaveLength(1);
  });

  test("asks once for twenty that come together", async () => {
    const payload = { id: randomUUID(), say: "all" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post("patient", payload)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
  });

  test.each(["hang", "block", "crash", "throw", "wrong", "headers", "large", "nothing"])(
    "of which the module does %s answers its fallback in time, for duplicates too, and delivers",
    async (say) => {
      const payload = { id: randomUUID(), say };
      const startedAt = performance.now();
      const answer = await post("hurried", payload);
      expect([answer.status, answer.body, answer.headers["x-fallback"]]).toEqual([
        200,
        "later",
        "1",
      ]);
      if (say === "hang" || say === "block") {
        expect(performance.now() - startedAt).toBeGreaterThan(500);
      }
      const again = await post("hurried", payload);
      expect([again.status, again.body]).toEqual([200, "later"]);
      const { events, outcomes } = await keptOf("hurried", payload.id);
      expect(outcomes).toEqual(["accepted", "duplicate"]);
      await delivered(events[0]?.id ?? "");
    },
  );

  test("answers as any source where it has no fallback", async () => {
    const id = randomUUID();
    const answer = await post("usual", { id, say: "throw" });
    const { events } = await keptOf("usual", id);
    expect(answer.body).toBe(`{"received":true,"eventId":"${id}","jobId":"${events[0]?.id}"}`);
  });

  test("may run in the gateway's process", async () => {
    const answer = await post("here", { id: randomUUID(), say: "text" });
    expect(answer.body).toMatch(/^plain \d+$/);
    for (const say of ["hang", "throw", "wrong"]) {
      expect((await post("hereHurried", { id: randomUUID(), say })).body).toBe("later");
    }
  });

  test("isn't asked of what is refused", async () => {
    const id = randomUUID();
    const body = JSON.stringify({ id, say: "all", gate: gateUrl(id) });
    const headers = { "x-signature": "0".repeat(64) };
    const answer = await exchangeOnce(gateway.port, { path: "/patient", headers, body });
    expect(answer.status).toBe(401);
    expect(gates.some(({ path }) => path === `/${id}`)).toBe(false);
  });
});

describe("a sender that wants a computed answer", () => {
  const json = { "content-type": "application/json" };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const cases = [
    {
      provider: slack,
      name: "slack",
      headers: form,
      body: "command=%2Fweather&text=Aachen&trigger_id=1.2",
      answer: '{"text":"/weather"}',
      type: "application/json",
    },
    {
      provider: discord,
      name: "discord",
      headers: json,
      body: '{"id":"i_1","type":2,"data":{"name":"weather"},"token":"t"}',
      answer: '{"type":4,"data":{"content":"weather"}}',
      type: "application/json",
    },
    {
      provider: vapi,
      name: "vapi",
      headers: json,
      body: '{"message":{"type":"tool-calls","toolCallList":[{"id":"call_1"}]}}',
      answer: '{"results":[{"toolCallId":"call_1","result":"7"}]}',
      type: "application/json",
    },
    {
      provider: twilio,
      name: "twilio",
      headers: json,
      body: '{"CallSid":"CA1","CallStatus":"ringing"}',
      answer: "<Response/>",
      type: "text/xml",
    },
  ];

  test.each(cases)(
    "gets it: $name",
    async ({ provider, name, headers, body: text, answer, type }) => {
      const path = `/${name}`;
      const body = Buffer.from(text, "utf8");
      const signed = sign(provider, path, { body, secret: name === "discord" ? pem : key });
      const query = signed.query === undefined ? "" : `?${signed.query}`;
      const sent = { path: path + query, headers: { ...headers, ...signed.headers }, body };
      const given = await exchangeOnce(gateway.port, sent);
      expect([given.status, given.body, given.headers["content-type"]]).toEqual([
        200,
        answer,
        type,
      ]);
      const again = await exchangeOnce(gateway.port, sent);
      expect([again.status, again.body, again.headers["content-type"]]).toEqual([
        200,
        answer,
        type,
      ]);
    },
  );
});

describe("a config", () => {
  const env = { STRIPE_WEBHOOK_SECRET: stripeSecret, FORWARD_SECRET: forwardSecret };
  const calls = `let calls = 0;
export const respond = ({ id }) => ({ body: { id, calls: (calls += 1) } });
`;
  const text = '{"id":"evt_1","object":"event","type":"charge.succeeded","created":1}';
  const send = (port: number) =>
    exchangeOnce(port, {
      path: "/in",
      headers: { "content-type": "application/json", "stripe-signature": signStripe(text) },
      body: text,
    });
  const writtenBy = (path: string, respond: string) =>
    writeConfig(
      path,
      `{
  server: { host: "127.0.0.1" },
  sources: { stripe: stripe({ path: "/in", secrets: [secret("STRIPE_WEBHOOK_SECRET")]${respond} }) },
  destinations: {},
  routes: [],
}`,
    );

  test("names a module by a function; a duplicate of one that was never answered is asked for", async () => {
    const place = scratch("respond-config");
    const store = join(place.path, "store.db");
    writeFileSync(join(place.path, "answer.ts"), calls);
    const without = await startGateway({ config: writtenBy(place.path, ""), store, env });
    const usual = JSON.parse((await send(without.port)).body) as { jobId: string };
    await without.stop();
    const config = writtenBy(place.path, ', respond: () => import("./answer.ts")');
    const gateway = await startGateway({ config, store, env });
    const first = await send(gateway.port);
    expect(JSON.parse(first.body)).toEqual({ id: usual.jobId, calls: 1 });
    expect((await send(gateway.port)).body).toBe(first.body);
    await gateway.kill();
    const later = await startGateway({ config, store, env });
    expect((await send(later.port)).body).toBe(first.body);
    await later.stop();
    place.remove();
  });

  test("in JSON names it by its path", async () => {
    const place = scratch("respond-json");
    writeFileSync(join(place.path, "answer.mjs"), calls);
    const config = join(place.path, "surehook.config.json");
    writeFileSync(
      config,
      JSON.stringify({
        server: { host: "127.0.0.1" },
        sources: {
          stripe: {
            provider: "stripe",
            path: "/in",
            secrets: [{ secret: "STRIPE_WEBHOOK_SECRET" }],
            respond: { module: "./answer.mjs", deadlineSeconds: 10 },
          },
        },
        destinations: {},
        routes: [],
      }),
    );
    const gateway = await startGateway({ config, store: join(place.path, "store.db"), env });
    expect(JSON.parse((await send(gateway.port)).body)).toMatchObject({ calls: 1 });
    await gateway.stop();
    place.remove();
  });
});
