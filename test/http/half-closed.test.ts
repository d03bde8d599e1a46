/** A sender that has closed its side of the connection, over a real socket: it still reads its answer. */
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { secret } from "../../src/core/define.ts";
import { stripe } from "../../src/providers/index.ts";
import { expectRefusal } from "../support/answering.ts";
import { scratch } from "../support/gateway-process.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { beside } from "../support/kept.ts";
import { exchangeOnce, requestBytes, wire } from "../support/raw-http.ts";
import { type OwnCertificate, selfSigned } from "../support/self-signed.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { within } from "../support/until.ts";

const folder = scratch("half-closed");
const tls = selfSigned(folder.path);
let gateway: LocalGateway | undefined;

beforeAll(() => {
  process.env["H_STRIPE"] = stripeSecret;
});

afterEach(async () => {
  await gateway?.end();
  gateway = undefined;
});

afterAll(() => folder.remove());

async function run(
  server: { readonly tls?: OwnCertificate } = {},
  limits: { readonly headerTimeoutSeconds?: number } = {},
): Promise<LocalGateway> {
  const secrets = [secret("H_STRIPE")];
  gateway = await runHere({
    sources: { stripe: stripe({ path: "/in", secrets, maxBodyBytes: 100_000 }) },
    destinations: {},
    routes: [],
    server: { host: "127.0.0.1", ...server },
    limits,
  });
  return gateway;
}

const ca = { ca: readFileSync(tls.certFile) };
const health = { method: "GET", path: "/health/live" };
const bytesOf = ({ headers, body }: ReturnType<typeof stripeEvent>): Buffer =>
  requestBytes({ path: "/in", headers, body });

test("a whole request is answered 200 behind the sender's end, and the connection is closed", async () => {
  const at = await run();
  const event = stripeEvent();
  const line = await wire(at.port);
  line.socket.end(bytesOf(event));
  expect(JSON.parse((await line.answer()).body).eventId).toBe(event.id);
  await within("the connection's end", line.closed, 5_000);
});

test("so over TLS", async () => {
  const at = await run({ tls });
  const event = stripeEvent();
  const line = await wire(at.port, ca);
  line.socket.end(bytesOf(event));
  expect(JSON.parse((await line.answer()).body).eventId).toBe(event.id);
  await within("the connection's end", line.closed, 5_000);
});

test("each of several pipelined requests is answered, in order", async () => {
  const at = await run();
  const events = Array.from({ length: 10 }, () => stripeEvent());
  const line = await wire(at.port);
  line.socket.end(Buffer.concat(events.map(bytesOf)));
  for (const { id } of events) expect(JSON.parse((await line.answer()).body).eventId).toBe(id);
  await within("the connection's end", line.closed, 5_000);
});

test("refusals are answered too", async () => {
  const at = await run();
  const refusals: readonly (readonly [Parameters<typeof requestBytes>[0], number, string])[] = [
    [{ path: "/in", body: "{}" }, 401, "MISSING_SIGNATURE"],
    [{ path: "/nowhere", body: "{}" }, 404, "UNKNOWN_PROVIDER"],
    [{ path: "/in", body: "x".repeat(100_001) }, 413, "BODY_TOO_LARGE"],
  ];
  for (const [request, status, code] of refusals) {
    const line = await wire(at.port);
    line.socket.end(requestBytes(request));
    expectRefusal(await line.answer(), status, code);
    await within("the connection's end", line.closed, 5_000);
  }
});

test("half a request is 400 and kept by nobody; a connection without one just ends", async () => {
  const at = await run();
  const half = await wire(at.port);
  half.socket.end(bytesOf(stripeEvent()).subarray(0, -1));
  expectRefusal(await half.answer(), 400, "BAD_REQUEST");
  await within("the connection's end", half.closed, 5_000);
  const idle = await wire(at.port);
  idle.socket.end();
  await within("the connection's end", idle.closed, 5_000);
  const used = await wire(at.port);
  used.send(bytesOf(stripeEvent()));
  expect((await used.answer()).status).toBe(200);
  used.socket.end();
  await within("the connection's end", used.closed, 5_000);
  expect((await beside(at.store, (engine) => engine.counts())).events).toBe(1);
});

test("a gateway that stops answers what is under way, and isn't kept from its end", async () => {
  const at = await run();
  const db = new DatabaseSync(at.store);
  db.exec("BEGIN IMMEDIATE");
  const event = stripeEvent();
  const line = await wire(at.port);
  line.socket.end(bytesOf(event));
  // A later one is at the store, so the first is too.
  const asked = exchangeOnce(at.port, { path: "/in", body: "{}" });
  expect((await asked).status).toBe(401);
  const stopped = at.stop();
  db.exec("ROLLBACK");
  db.close();
  expect(JSON.parse((await line.answer()).body).eventId).toBe(event.id);
  await within("the connection's end", line.closed, 5_000);
  await within("the gateway's end", stopped, 5_000);
});

describe("before its handshake over TLS", () => {
  test("who ends is let go", async () => {
    const at = await run({ tls });
    const line = await wire(at.port);
    line.socket.end();
    await within("the connection's end", line.closed, 5_000);
  });

  test("who says nothing is let go when the headers' time is up", async () => {
    const at = await run({ tls }, { headerTimeoutSeconds: 0.4 });
    const line = await wire(at.port);
    await within("the connection's end", line.closed, 5_000);
  });

  test("who says nothing holds up no stop", async () => {
    const at = await run({ tls });
    const line = await wire(at.port);
    // Accepted behind the first, so that this one is too.
    expect((await exchangeOnce(at.port, health, ca)).status).toBe(200);
    await within("the gateway's end", at.stop(), 5_000);
    await within("the connection's end", line.closed, 5_000);
  });
});
