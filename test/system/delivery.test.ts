/** Delivery as the gateway's process does it: retries and death, archive, pauses, leases, isolation, drain. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Delivery } from "../../src/core/types.ts";
import {
  freePort,
  type GatewayProcess,
  scratch,
  startGateway,
  writeConfig,
} from "../support/gateway-process.ts";
import { allDeliveries, allEvents, beside } from "../support/kept.ts";
import { exchangeOnce, requestBytes, wire } from "../support/raw-http.ts";
import { forwardSecret, openSink, type Sink, type SinkAnswer } from "../support/sink.ts";
import { type SignedEvent, stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const cli = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** Attempts at 0, 500 and 1500 ms. */
const retry = '{ attempts: 3, firstDelayMs: 500, maxDelayMs: 1000, jitter: "none" }';

let folder: ReturnType<typeof scratch>;
let sink: Sink;
let answer: (path: string) => SinkAnswer | Promise<SinkAnswer>;
let gateway: GatewayProcess | undefined;

beforeEach(async () => {
  folder = scratch("delivery");
  answer = () => ({ status: 200 });
  sink = await openSink({ answer: ({ path }) => answer(path) });
});

afterEach(async () => {
  await gateway?.kill();
  gateway = undefined;
  await sink.close();
  folder.remove();
});

const store = () => join(folder.path, "store.db");
const toSink = (path: string, more = "") =>
  `http({ url: "http://127.0.0.1:${sink.port}${path}", secrets: [secret("FORWARD_SECRET")], allowPrivate: true${more} })`;

async function start(
  destinations: Readonly<Record<string, string>>,
  options: { readonly script?: string; readonly words?: readonly string[] } = {},
): Promise<GatewayProcess> {
  const names = JSON.stringify(Object.keys(destinations));
  const config = writeConfig(
    folder.path,
    `{
  server: { host: "127.0.0.1" },
  sources: { stripe: stripe({ path: "/in", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }) },
  destinations: { ${Object.entries(destinations)
    .map(([name, text]) => `${name}: ${text}`)
    .join(", ")} },
  routes: [{ to: ${names} }],
}`,
  );
  const env = { STRIPE_WEBHOOK_SECRET: stripeSecret, FORWARD_SECRET: forwardSecret };
  gateway = await startGateway({ config, store: store(), env, ...options });
  return gateway;
}

async function post(to: GatewayProcess, event: SignedEvent = stripeEvent()): Promise<string> {
  const sent = { path: "/in", headers: event.headers, body: event.body };
  const { status, body } = await exchangeOnce(to.port, sent);
  expect(status).toBe(200);
  return (JSON.parse(body) as { jobId: string }).jobId;
}

const deliveries = () => beside(store(), allDeliveries);
const untilAll = (state: Delivery["state"], count: number) =>
  until(`${count} deliveries ${state}`, async () => {
    const list = await deliveries();
    return list.length === count && list.every((one) => one.state === state) && list;
  });

describe("a delivery that fails", () => {
  test("is tried again with growing waits, dies, is archived at its path, and stays dead after a kill", async () => {
    answer = (path) => ({ status: path === "/first" ? 500 : 410 });
    const destinations = {
      first: toSink("/first", `, retry: ${retry}`),
      second: toSink("/second", `, retry: ${retry}`),
    };
    const running = await start(destinations);
    const odd = stripeEvent({ id: "evt/ü ..%1" });
    const dots = stripeEvent({ id: ".." });
    for (const event of [odd, dots]) await post(running, event);
    const dead = await untilAll("dead", 4);
    await beside(store(), async (engine) => {
      for (const { id, reason, attempts } of dead) {
        expect(attempts).toBe(3);
        expect(reason).toMatch(/^DESTINATION_STATUS: /);
        const [one, two, three] = await engine.attempts(id);
        expect([one?.outcome, two?.outcome, three?.outcome]).toEqual(Array(3).fill("failed"));
        expect((two?.startedAt ?? 0) - (one?.endedAt ?? 0)).toBeGreaterThanOrEqual(500);
        expect((three?.startedAt ?? 0) - (two?.endedAt ?? 0)).toBeGreaterThanOrEqual(1_000);
      }
      await until("all archived", async () => (await engine.unarchived(10)).length === 0);
    });
    await expectArchived(odd, "evt%2F%C3%BC%20..%251");
    await expectArchived(dots, "%2E%2E");

    const arrivals = sink.arrivals.length;
    await running.kill();
    const again = await start(destinations);
    expect((await deliveries()).map(({ state }) => state)).toEqual(Array(4).fill("dead"));
    answer = () => ({ status: 200 });
    await post(again);
    await until("the new event's deliveries", () => sink.arrivals.length === arrivals + 2);
    expect(await beside(store(), (engine) => engine.counts())).toMatchObject({
      deliveries: { dead: 4 },
    });
  });

  async function expectArchived({ body }: SignedEvent, segment: string): Promise<void> {
    const [event] = await beside(store(), (engine) =>
      allEvents(engine, { providerEventId: (JSON.parse(body) as { id: string }).id }),
    );
    const [year, month, day] = new Date(event?.receivedAt ?? 0)
      .toISOString()
      .slice(0, 10)
      .split("-");
    const place = join(dirname(store()), "archive", "stripe", year ?? "", month ?? "", day ?? "");
    const mine = readdirSync(place).filter((name) => name.startsWith(`${segment}.`));
    expect(mine).toHaveLength(2);
    expect(mine).toContain(`${segment}.json`);
    const records = mine.map((name) => ({
      name,
      record: JSON.parse(readFileSync(join(place, name), "utf8")) as Record<string, unknown>,
    }));
    for (const { name, record } of records) {
      expect(record).toMatchObject({ jobId: event?.id, provider: "stripe", payload: body });
      expect(record["attempts"]).toHaveLength(3);
      // The first to die has the plain name, the other one's name says where it was to go.
      const plain = [`${segment}.json`, `${segment}.${record["destination"]}.json`];
      expect(plain).toContain(name);
    }
    const named = records.map(({ record }) => record["destination"]);
    expect(named.toSorted()).toEqual(["first", "second"]);
  }

  test("and can't be archived is archived after a restart", async () => {
    answer = () => ({ status: 500 });
    const inTheWay = join(folder.path, "archive");
    writeFileSync(inTheWay, "a file where the folder should be");
    const destinations = { only: toSink("/only", ", retry: { attempts: 1 }") };
    const running = await start(destinations);
    const event = stripeEvent();
    await post(running, event);
    await untilAll("dead", 1);
    await until("a line of the log that says so", () =>
      running.log().includes("could not archive"),
    );
    await running.kill();
    rmSync(inTheWay);
    await start(destinations);
    await until("the file", () =>
      readdirSync(folder.path, { recursive: true }).some((name) =>
        String(name).endsWith(`${event.id}.json`),
      ),
    );
  });

  test("honours Retry-After of the destination", async () => {
    let first = true;
    answer = () => {
      const refusal = { status: 503, headers: { "Retry-After": "2" } };
      const given = first ? refusal : { status: 200 };
      first = false;
      return given;
    };
    await post(await start({ only: toSink("/only", `, retry: ${retry}`) }));
    await untilAll("delivered", 1);
    const [one, two] = sink.arrivals;
    expect((two?.at ?? 0) - (one?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(two?.headers["webhook-id"]).toBe(one?.headers["webhook-id"]);
    expect([one, two].map((arrival) => arrival?.headers["surehook-attempt"])).toEqual(["1", "2"]);
    expect(sink.faults).toEqual([]);
  });
});

describe("another process", () => {
  test("pauses, resumes and replays, and the gateway sees each within a second", async () => {
    const running = await start({ only: toSink("/only"), other: toSink("/other") });
    const arrived = (path: string) => sink.arrivals.filter((arrival) => arrival.path === path);
    await post(running);
    await until("the first delivery", () => arrived("/only").length === 1);
    await beside(store(), async (engine) => {
      await engine.pause({ destination: "only", cause: "person", reason: "maintenance" });
      const ids = [await post(running), await post(running)];
      await until("the other's", () => arrived("/other").length === 3);
      const held = (await allDeliveries(engine)).filter(({ state }) => state === "ready");
      expect(held.map(({ destination, held: why }) => [destination, why])).toEqual(
        Array(2).fill(["only", "maintenance"]),
      );
      expect(arrived("/only")).toHaveLength(1);

      await engine.resume("only");
      const resumedAt = Date.now();
      await until("what was held", () => arrived("/only").length === 3);
      expect((arrived("/only").at(-1)?.at ?? 0) - resumedAt).toBeLessThan(1_200);

      expect(await engine.replay([{ eventId: ids[0] as string, destination: "only" }])).toBe(1);
      const replayedAt = Date.now();
      await until("the replay", () => arrived("/only").length === 4);
      expect((arrived("/only").at(-1)?.at ?? 0) - replayedAt).toBeLessThan(1_200);
      expect(arrived("/only").at(-1)?.eventId).toBe(ids[0]);
    });
    await untilAll("delivered", 7);
  });
});

describe("one destination never stalls another", () => {
  test("be it an endless loop, one that nobody listens at, or one that never answers", async () => {
    writeFileSync(join(folder.path, "loop.ts"), "export function handle() {\n  for (;;) {}\n}\n");
    answer = (path) =>
      path === "/never" ? new Promise<SinkAnswer>(() => undefined) : { status: 200 };
    const nobody = `http({ url: "http://127.0.0.1:${await freePort()}/", allowPrivate: true })`;
    const running = await start({
      loop: 'code(() => import("./loop.ts"), { timeoutSeconds: 1 })',
      nobody,
      never: toSink("/never", ", concurrency: 2"),
      good: toSink("/good"),
    });
    const slowest: number[] = [];
    for (let sent = 0; sent < 30; sent += 1) {
      const at = performance.now();
      await post(running);
      slowest.push(performance.now() - at);
    }
    const good = () => sink.arrivals.filter(({ path }) => path === "/good");
    await until("all of the good one's", () => good().length === 30, 5_000);
    expect(Math.max(...slowest)).toBeLessThan(2_000);
    const loops = await until("an attempt at the loop that ended by its timeout", async () => {
      const list = (await deliveries()).filter(({ destination }) => destination === "loop");
      const failed = list.filter(({ reason }) => reason !== undefined);
      return failed.length > 0 && failed;
    });
    expect(loops[0]?.reason).toMatch(/^DESTINATION_TIMEOUT: /);
    await post(running);
    await until("one more of the good one's", () => good().length === 31, 5_000);
  });
});

describe("the end of a process", () => {
  test("by a kill gives its leases back: what was under way is delivered after the restart", async () => {
    answer = () => new Promise<SinkAnswer>(() => undefined);
    const destinations = { only: toSink("/only") };
    const running = await start(destinations);
    const id = await post(running);
    await until("an attempt under way", () => sink.arrivals.length === 1);
    expect((await deliveries())[0]?.state).toBe("leased");
    await running.kill();
    answer = () => ({ status: 200 });
    await start(destinations);
    await untilAll("delivered", 1);
    const [one, two] = sink.arrivals;
    expect(sink.arrivals).toHaveLength(2);
    expect([one?.eventId, two?.eventId]).toEqual([id, id]);
    expect(two?.headers["webhook-id"]).toBe(one?.headers["webhook-id"]);
  });

  test("by SIGTERM drains: requests and deliveries under way end well, and it exits with 0", async () => {
    const release = Promise.withResolvers<SinkAnswer>();
    answer = () => release.promise;
    const running = await start(
      { only: toSink("/only") },
      { script: cli, words: ["start", "--config"] },
    );
    const before = await post(running);
    await until("a delivery under way", () => sink.arrivals.length === 1);
    const event = stripeEvent();
    const length = { "Content-Length": String(Buffer.byteLength(event.body)) };
    const line = await wire(running.port);
    line.send(requestBytes({ path: "/in", headers: { ...event.headers, ...length } }), "{");
    // Its headers are with the gateway when a later connection has been served.
    expect((await exchangeOnce(running.port, { method: "GET", path: "/health/live" })).status).toBe(
      200,
    );

    const stopped = running.stop();
    await until("no more connections", () =>
      wire(running.port).then(
        (late) => {
          late.end();
          return false;
        },
        () => true,
      ),
    );
    line.send(event.body.slice(1));
    const { status, body } = await line.answer();
    expect(status).toBe(200);
    const during = (JSON.parse(body) as { jobId: string }).jobId;
    release.resolve({ status: 200 });
    expect(await stopped).toBe(0);
    await beside(store(), async (engine) => {
      expect((await allEvents(engine)).map(({ id }) => id)).toEqual([before, during]);
      const first = await engine.deliveries({ eventId: before }, { limit: 1 });
      expect(first.items[0]?.state).toBe("delivered");
    });
  });
});
