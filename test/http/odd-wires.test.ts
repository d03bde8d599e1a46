/** Connections on which something else comes than requests of senders, over a real socket: each is told why, and none stays. */
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { secret } from "../../src/core/define.ts";
import { websocket } from "../../src/destinations/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { expectRefusal } from "../support/answering.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { beside } from "../support/kept.ts";
import { exchangeOnce, requestBytes, type Wire, wire } from "../support/raw-http.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { within } from "../support/until.ts";

let gateway: LocalGateway | undefined;

beforeAll(() => {
  process.env["O_STRIPE"] = stripeSecret;
});

afterEach(async () => {
  await gateway?.end();
  gateway = undefined;
});

async function run(): Promise<LocalGateway> {
  gateway = await runHere({
    sources: { stripe: stripe({ path: "/in", secrets: [secret("O_STRIPE")] }) },
    destinations: { screens: websocket({ path: "/live", open: true }) },
    routes: [],
  });
  return gateway;
}

const bytesOf = ({ headers, body }: ReturnType<typeof stripeEvent>): Buffer =>
  requestBytes({ path: "/in", headers, body });
const idIn = (body: string): string => JSON.parse(body).eventId;

const connect = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n";
const junk = "junk, and no end of it\r\n\r\n";

describe("CONNECT", () => {
  test("is 405 with Allow, and the connection is closed", async () => {
    const at = await run();
    const line = await wire(at.port);
    line.send(connect);
    const answer = await line.answer();
    expectRefusal(answer, 405, "METHOD_NOT_ALLOWED");
    expect(answer.headers).toMatchObject({ allow: "POST", connection: "close" });
    await line.closed;
  });

  test("behind a request is answered behind it", async () => {
    const at = await run();
    const event = stripeEvent();
    const line = await wire(at.port);
    line.send(Buffer.concat([bytesOf(event), Buffer.from(connect)]));
    expect(idIn((await line.answer()).body)).toBe(event.id);
    expectRefusal(await line.answer(), 405, "METHOD_NOT_ALLOWED");
    await line.closed;
  });

  test("by who resets the connection at once harms nobody", async () => {
    const at = await run();
    for (let time = 0; time < 20; time += 1) {
      const line = await wire(at.port);
      line.send(bytesOf(stripeEvent()), connect);
      line.socket.resetAndDestroy();
      await line.closed;
    }
    expect((await exchangeOnce(at.port, { method: "GET", path: "/health/live" })).status).toBe(200);
  });
});

describe("the header Host", () => {
  const twice = "Host: gateway.test\r\nHost: other.test\r\n";

  test("given twice is 400, and nothing is kept", async () => {
    const at = await run();
    const line = await wire(at.port);
    const text = bytesOf(stripeEvent()).toString("latin1");
    line.send(Buffer.from(text.replace("Host: gateway.test\r\n", twice), "latin1"));
    expectRefusal(await line.answer(), 400, "BAD_REQUEST");
    await line.closed;
    expect((await beside(at.store, (engine) => engine.counts())).events).toBe(0);
  });

  test("given twice opens no WebSocket", async () => {
    const at = await run();
    const line = await wire(at.port);
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    line.send(`GET /live HTTP/1.1\r\n${twice}${upgrade}${key}\r\n`);
    expectRefusal(await line.answer(), 400, "BAD_REQUEST");
    await line.closed;
  });
});

test("HTTP/1.0 with a transfer coding, which it doesn't know, is 400 (RFC 9112, 6.1)", async () => {
  const at = await run();
  const line = await wire(at.port);
  line.send("POST /in HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n");
  line.send("2\r\n{}\r\n0\r\n\r\n");
  expectRefusal(await line.answer(), 400, "BAD_REQUEST");
  await line.closed;
});

describe("a transfer coding that isn't understood", () => {
  const sent = (coding: string, path = "/in"): Buffer => {
    const { headers, body } = stripeEvent();
    const chunked = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    return requestBytes({
      path,
      headers: { ...headers, "Transfer-Encoding": coding },
      body: chunked,
    });
  };

  test.each(["gzip, chunked", "gzip,chunked", "x-other, Chunked", "gzip", "identity", ", chunked"])(
    "is 501 and nothing is kept, whatever is behind it: %s (RFC 9112, 6.1)",
    async (coding) => {
      const at = await run();
      const line = await wire(at.port);
      line.send(Buffer.concat([sent(coding), bytesOf(stripeEvent())]));
      expectRefusal(await line.answer(), 501, "UNSUPPORTED_TRANSFER_CODING");
      await line.closed;
      expect(line.left()).toBe("");
      const { events, requests } = await beside(at.store, (engine) => engine.counts());
      expect([events, requests.rejected]).toEqual([0, 0]);
    },
  );

  test("is 501 on each path, given in two lines too; chunked in any case is understood", async () => {
    const at = await run();
    const twice = "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n";
    for (const path of ["/in", "/nowhere", "/live", "/health/live"]) {
      const line = await wire(at.port);
      const text = sent("chunked", path).toString("latin1");
      line.send(Buffer.from(text.replace("Transfer-Encoding: chunked\r\n", twice), "latin1"));
      expectRefusal(await line.answer(), 501, "UNSUPPORTED_TRANSFER_CODING");
      await line.closed;
    }
    const line = await wire(at.port);
    line.send(sent("Chunked"));
    expect((await line.answer()).status).toBe(200);
    line.end();
  });
});

test.each(["HTTP/0.9", "HTTP/2.0"])("what calls itself %s is 400", async (version) => {
  const at = await run();
  const line = await wire(at.port);
  const text = bytesOf(stripeEvent()).toString("latin1");
  line.send(Buffer.from(text.replace("HTTP/1.1", version), "latin1"));
  expectRefusal(await line.answer(), 400, "BAD_REQUEST");
  await line.closed;
  expect((await beside(at.store, (engine) => engine.counts())).events).toBe(0);
});

describe("junk behind requests", () => {
  test("is 400 behind the answer to each of them, and they are kept", async () => {
    const at = await run();
    const events = Array.from({ length: 5 }, () => stripeEvent());
    const line = await wire(at.port);
    line.send(Buffer.concat([...events.map(bytesOf), Buffer.from(junk)]));
    // The parser, which has failed, fails again with these.
    line.send(junk, junk);
    for (const { id } of events) expect(idIn((await line.answer()).body)).toBe(id);
    expectRefusal(await line.answer(), 400, "BAD_REQUEST");
    await line.closed;
    expect((await beside(at.store, (engine) => engine.counts())).events).toBe(5);
  });

  test("in the body of the next one is 400 behind the answer to the one before", async () => {
    const at = await run();
    const event = stripeEvent();
    const line = await wire(at.port);
    const next = requestBytes({ path: "/in", headers: { "Transfer-Encoding": "chunked" } });
    line.send(Buffer.concat([bytesOf(event), next, Buffer.from("2\r\n{}XX\r\n")]));
    expect(idIn((await line.answer()).body)).toBe(event.id);
    expectRefusal(await line.answer(), 400, "BAD_REQUEST");
    await line.closed;
    const { events, requests } = await beside(at.store, (engine) => engine.counts());
    expect([events, requests.rejected]).toEqual([1, 0]);
  });
});

describe("who is refused and never closes", () => {
  const upgrade = requestBytes({
    method: "GET",
    path: "/live",
    headers: { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "7" },
  });

  const refusable = { CONNECT: Buffer.from(connect), "an upgrade": upgrade };

  /** The connection of one that has its answer, and keeps its side open. */
  async function refused(port: number, bytes: Buffer): Promise<Wire> {
    const line = await wire(port);
    line.socket.allowHalfOpen = true;
    line.send(bytes);
    await line.answer();
    return line;
  }

  test.each(Object.entries({ junk: Buffer.from(junk), ...refusable }))(
    "is cut off: %s",
    async (_, bytes) => {
      const at = await run();
      const line = await refused(at.port, bytes);
      // Where the gateway's side is gone, what comes is answered by a reset.
      const reset = new Promise<void>((resolve) => line.socket.once("close", () => resolve()));
      const speaking = setInterval(() => line.send("more"), 100);
      await within("the connection's end", reset, 5_000).finally(() => clearInterval(speaking));
    },
  );

  test.each(Object.entries(refusable))("holds up no stop: %s", async (_, bytes) => {
    const at = await run();
    const line = await refused(at.port, bytes);
    await within("the gateway's end", at.stop(), 5_000);
    line.end();
  });
});
