/** What protects the gateway, over a real socket: addresses, slowness, rates, memory, the store's own faults. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { secret } from "../../src/core/define.ts";
import { stripe } from "../../src/providers/index.ts";
import { expectRefusal } from "../support/answering.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { beside } from "../support/kept.ts";
import { exchangeOnce, requestBytes, wire } from "../support/raw-http.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const secrets = [secret("L_STRIPE")];
const mebibyte = 1_048_576;
let gateway: LocalGateway | undefined;

beforeAll(() => {
  process.env["L_STRIPE"] = stripeSecret;
});

afterEach(async () => {
  await gateway?.end();
  gateway = undefined;
});

type Definition = Parameters<typeof runHere>[0];

/** Runs sources without destinations; what is delivered is another test's. */
async function run(
  sources: Definition["sources"],
  more: Partial<Omit<Definition, "sources">> = {},
): Promise<LocalGateway> {
  gateway = await runHere({ sources, destinations: {}, routes: [], ...more });
  return gateway;
}

const post = (
  at: LocalGateway,
  event = stripeEvent(),
  headers: Record<string, string> = {},
  path = "/in",
) => exchangeOnce(at.port, { path, headers: { ...event.headers, ...headers }, body: event.body });

describe("an allow-list of addresses", () => {
  test("refuses others by 403, and lets in who is on it", async () => {
    const at = await run({
      open: stripe({ path: "/in", secrets, allowIps: ["loopback"] }),
      closed: stripe({ path: "/closed", secrets, allowIps: ["203.0.113.0/24", "2001:db8::/32"] }),
    });
    expect((await post(at)).status).toBe(200);
    expectRefusal(await post(at, stripeEvent(), {}, "/closed"), 403, "IP_NOT_ALLOWED");
    // Who is no trusted proxy can't say that it is another.
    const spoofed = { "X-Forwarded-For": "203.0.113.7" };
    expectRefusal(await post(at, stripeEvent(), spoofed, "/closed"), 403, "IP_NOT_ALLOWED");
  });

  test("judges behind a trusted proxy by the last address that no trusted one wrote", async () => {
    const allowIps = ["203.0.113.0/24"];
    const server = { host: "127.0.0.1", trustedProxies: ["loopback", "10.0.0.0/8"] };
    const at = await run({ stripe: stripe({ path: "/in", secrets, allowIps }) }, { server });
    const via = (hops: string) => post(at, stripeEvent(), { "X-Forwarded-For": hops });
    for (const hops of [
      "203.0.113.7",
      "1.2.3.4, 203.0.113.7",
      "203.0.113.7, 10.1.2.3",
      "203.0.113.7:99",
    ]) {
      expect((await via(hops)).status).toBe(200);
    }
    for (const hops of [
      "198.51.100.1",
      "203.0.113.7, 198.51.100.1",
      "garbage",
      "[2001:db8::1]:99",
    ]) {
      expectRefusal(await via(hops), 403, "IP_NOT_ALLOWED");
    }
    expectRefusal(await post(at), 403, "IP_NOT_ALLOWED");
  });
});

describe("who is too slow", () => {
  test("with headers or body gets 408 and is cut off, while others are served", async () => {
    const limits = { headerTimeoutSeconds: 0.4, bodyTimeoutSeconds: 0.4 };
    const at = await run({ stripe: stripe({ path: "/in", secrets }) }, { limits });
    const slowHead = await wire(at.port);
    const slowBody = await wire(at.port);
    const unfinished = await wire(at.port);
    slowHead.send("POST /in HTTP/1.1\r\nHost: gateway.test\r\n");
    slowBody.send(requestBytes({ path: "/in", headers: { "Content-Length": "100" } }), "{");
    unfinished.send(
      requestBytes({ path: "/in", headers: { "Transfer-Encoding": "chunked" } }),
      "1",
    );
    expect((await post(at)).status).toBe(200);
    for (const line of [slowHead, slowBody, unfinished]) {
      const answer = await line.answer();
      expectRefusal(answer, 408, "REQUEST_TIMEOUT");
      expect(answer.headers["connection"]).toBe("close");
      await line.closed;
    }
    expect((await post(at)).status).toBe(200);
  });

  test("and breaks off in the body leaves nothing behind", async () => {
    const limits = { inFlightBytes: mebibyte };
    const at = await run({ stripe: stripe({ path: "/in", secrets }) }, { limits });
    const begun = requestBytes({ path: "/in", headers: { "Content-Length": "100000" } });
    for (let time = 0; time < 40; time += 1) {
      const line = await wire(at.port);
      line.send(begun, "x".repeat(60_000));
      await until("its bytes on their way", () => line.socket.bytesWritten >= 60_000);
      line.end();
    }
    // 2.4 MB have come; were they still counted, this one would not fit.
    const event = stripeEvent({ bytes: 900_000 });
    await until("200", async () => (await post(at, event)).status === 200);
    const counts = await beside(at.store, (engine) => engine.counts());
    expect(counts.requests.rejected).toBe(0);
  });
});

describe("a rate", () => {
  const rateLimit = { requests: 3, perSeconds: 3_600 };

  test("of new events gives 429 with Retry-After, and duplicates don't spend it", async () => {
    const at = await run({ stripe: stripe({ path: "/in", secrets, rateLimit }) });
    const first = stripeEvent();
    expect((await post(at, first)).status).toBe(200);
    expect((await post(at, first)).status).toBe(200);
    expect((await post(at)).status).toBe(200);
    expect((await post(at)).status).toBe(200);
    const refused = await post(at);
    expectRefusal(refused, 429, "RATE_LIMITED");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(60);
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(1_200);
    expect((await beside(at.store, (engine) => engine.counts())).events).toBe(3);
  });

  test("of duplicates gives 429 past its own bucket, while new ones pass", async () => {
    const at = await run({ stripe: stripe({ path: "/in", secrets, rateLimit }) });
    const event = stripeEvent();
    const statuses: number[] = [];
    for (let time = 0; time < 5; time += 1) statuses.push((await post(at, event)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    expect((await post(at)).status).toBe(200);
  });

  test("of failures from an address gives 429, while a good request of the same address passes", async () => {
    const at = await run({ stripe: stripe({ path: "/in", secrets, rateLimit }) });
    const forged = stripeEvent({ secret: "whsec_of_a_forger" });
    const statuses: number[] = [];
    for (let time = 0; time < 5; time += 1) statuses.push((await post(at, forged)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expectRefusal(await post(at, forged), 429, "RATE_LIMITED");
    expect((await post(at)).status).toBe(200);
  });

  test("where a source has none, failures have one of a hundred a minute", async () => {
    const at = await run({ stripe: stripe({ path: "/in", secrets }) });
    const line = await wire(at.port);
    const statuses: number[] = [];
    for (let time = 0; time < 120; time += 1) {
      line.send(requestBytes({ path: "/in", body: "{}" }));
      statuses.push((await line.answer()).status);
    }
    line.end();
    // It fills up again by one or two a second.
    expect(statuses.indexOf(429)).toBeGreaterThanOrEqual(100);
    expect((await post(at)).status).toBe(200);
  });

  test("never refuses for senders that don't retry, unless that is said", async () => {
    const at = await run({
      accepting: stripe({ path: "/in", secrets, rateLimit, overLimit: "accept" }),
    });
    for (let time = 0; time < 6; time += 1) expect((await post(at)).status).toBe(200);
  });
});

describe("a fault of our own is 503 with Retry-After", () => {
  test("over the budget of bytes in flight, announced or not, and passes when there is room", async () => {
    const limits = { inFlightBytes: mebibyte };
    const at = await run({ stripe: stripe({ path: "/in", secrets }) }, { limits });
    const large = await wire(at.port);
    large.send(requestBytes({ path: "/in", headers: { "Content-Length": "900001" } }));
    large.send("x".repeat(900_000));
    const event = stripeEvent({ bytes: 300_000 });
    // Asked without a body, so that the asking itself takes no room from the large one.
    await until("503 while another fills the budget", async () => {
      const asking = await wire(at.port);
      const expecting = { Expect: "100-continue", "Content-Length": "300000" };
      asking.send(requestBytes({ path: "/in", headers: expecting }));
      const { status } = await asking.answer();
      asking.end();
      return status === 503;
    });
    expectRefusal(await post(at, event), 503, "OVERLOADED");
    const chunked = await wire(at.port);
    chunked.send(requestBytes({ path: "/in", headers: { "Transfer-Encoding": "chunked" } }));
    chunked.send(`${(300_000).toString(16)}\r\n${"x".repeat(300_000)}\r\n`);
    expectRefusal(await chunked.answer(), 503, "OVERLOADED");
    // A small one still has room.
    expect((await post(at)).status).toBe(200);
    large.end();
    await until("200 when there is room", async () => (await post(at, event)).status === 200);
  });

  test("while the store can't commit; ready says so too; and 200 without a restart once it can", async () => {
    const at = await run({ stripe: stripe({ path: "/in", secrets }) });
    const db = new DatabaseSync(join(at.folder, "store.db"));
    db.exec("BEGIN IMMEDIATE");
    const event = stripeEvent();
    const [refused, ready, live] = await Promise.all([
      post(at, event),
      exchangeOnce(at.port, { method: "GET", path: "/health/ready" }),
      exchangeOnce(at.port, { method: "GET", path: "/health/live" }),
    ]);
    expectRefusal(refused, 503, "STORE_UNAVAILABLE");
    expect([ready.status, live.status]).toEqual([503, 200]);
    db.exec("ROLLBACK");
    db.close();
    expect((await post(at, event)).status).toBe(200);
    await until(
      "ready",
      async () =>
        (await exchangeOnce(at.port, { method: "GET", path: "/health/ready" })).status === 200,
    );
    const kept = await beside(at.store, (engine) => engine.counts());
    expect([kept.events, kept.requests.accepted, kept.requests.duplicate]).toEqual([1, 1, 0]);
  });

  test("while it stops: what is under way gets its 200, what comes after it 503", async () => {
    const at = await run({ stripe: stripe({ path: "/in", secrets }) });
    const { headers, body } = stripeEvent();
    const line = await wire(at.port);
    const length = { "Content-Length": String(Buffer.byteLength(body)) };
    line.send(requestBytes({ path: "/in", headers: { ...headers, ...length } }), body.slice(0, 10));
    await until("the request's begin", async () => (await post(at)).status === 200);
    const stopped = at.stop();
    const next = stripeEvent();
    const second = requestBytes({ path: "/in", headers: next.headers, body: next.body });
    line.send(Buffer.concat([Buffer.from(body.slice(10)), second]));
    expect((await line.answer()).status).toBe(200);
    expectRefusal(await line.answer(), 503, "SHUTTING_DOWN");
    await line.closed;
    await expect(post(at)).rejects.toThrow();
    await stopped;
    const kept = await beside(at.store, (engine) => engine.counts());
    expect(kept.events).toBe(2);
  });
});
