/** What comes behind something else on one connection, over a real socket: answers in order, and none behind the last. */
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { secret } from "../../src/core/define.ts";
import { websocket } from "../../src/destinations/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { expectRefusal } from "../support/answering.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { beside } from "../support/kept.ts";
import { exchangeOnce, requestBytes, wire } from "../support/raw-http.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { within } from "../support/until.ts";

let gateway: LocalGateway | undefined;

beforeAll(() => {
  process.env["C_STRIPE"] = stripeSecret;
});

afterEach(async () => {
  await gateway?.end();
  gateway = undefined;
});

async function run(limits: { readonly drainSeconds?: number } = {}): Promise<LocalGateway> {
  const secrets = [secret("C_STRIPE")];
  gateway = await runHere({
    sources: { stripe: stripe({ path: "/in", secrets, maxBodyBytes: 100_000 }) },
    destinations: { screens: websocket({ path: "/live", open: true }) },
    routes: [],
    limits,
  });
  return gateway;
}

const bytesOf = ({ headers, body }: ReturnType<typeof stripeEvent>): Buffer =>
  requestBytes({ path: "/in", headers, body });
const idIn = (body: string): string => JSON.parse(body).eventId;
const eventsIn = async ({ store }: LocalGateway) =>
  (await beside(store, (engine) => engine.counts())).events;

const upgradeHeaders = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};
const upgrade = requestBytes({ method: "GET", path: "/live", headers: upgradeHeaders });
const nowhere = requestBytes({ path: "/nowhere", body: "" });

/** Holds the store, so that nothing is accepted until it is let go. */
function holding({ store }: LocalGateway): { readonly letGo: () => void } {
  const db = new DatabaseSync(store);
  db.exec("BEGIN IMMEDIATE");
  return {
    letGo: () => {
      db.exec("ROLLBACK");
      db.close();
    },
  };
}

describe("an upgrade behind a request", () => {
  test("waits until that has its answer (RFC 9112, 9.3.2)", async () => {
    const at = await run();
    const store = holding(at);
    const event = stripeEvent();
    const line = await wire(at.port);
    // With a ping, which the client may send at once.
    const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);
    line.send(Buffer.concat([bytesOf(event), upgrade, ping]));
    // What comes later and is refused at once has its answer: so this has been seen.
    expect((await exchangeOnce(at.port, { path: "/nowhere" })).status).toBe(404);
    expect(line.left()).toBe("");
    store.letGo();
    expect(idIn((await line.answer()).body)).toBe(event.id);
    expect((await line.answer()).status).toBe(101);
    const pong = new Promise<void>((resolve) => line.socket.once("data", () => resolve()));
    if (line.left() === "") await within("a pong", pong, 5_000);
    expect(line.left()).toBe("\u008a\u0000");
    line.end();
  });

  test("that isn't answered when a stop's time is up is cut off with it", async () => {
    const at = await run({ drainSeconds: 0.2 });
    const store = holding(at);
    const line = await wire(at.port);
    line.send(Buffer.concat([bytesOf(stripeEvent()), upgrade]));
    expect((await exchangeOnce(at.port, { path: "/nowhere" })).status).toBe(404);
    const stopped = at.stop();
    // Before the store is given up, which answers the request.
    await within("the connection's end", line.closed, 4_000);
    store.letGo();
    await within("the gateway's end", stopped, 15_000);
  });

  test("by HTTP/1.0, which knows none, is 426", async () => {
    const at = await run();
    const line = await wire(at.port);
    line.send(upgrade.toString("latin1").replace("HTTP/1.1", "HTTP/1.0"));
    expectRefusal(await line.answer(), 426, "UPGRADE_REQUIRED");
    await line.closed;
  });
});

describe("behind an answer that closes the connection", () => {
  test("no request is processed any more (RFC 9112, 9.6)", async () => {
    const at = await run();
    const event = stripeEvent();
    const line = await wire(at.port);
    line.send(Buffer.concat([bytesOf(event), nowhere, bytesOf(stripeEvent())]));
    expect(idIn((await line.answer()).body)).toBe(event.id);
    expectRefusal(await line.answer(), 404, "UNKNOWN_PROVIDER");
    await line.closed;
    expect(line.left()).toBe("");
    expect(await eventsIn(at)).toBe(1);
  });

  test("no WebSocket is opened", async () => {
    const at = await run();
    const line = await wire(at.port);
    line.send(Buffer.concat([nowhere, upgrade]));
    expectRefusal(await line.answer(), 404, "UNKNOWN_PROVIDER");
    await line.closed;
    expect(line.left()).toBe("");
  });

  test("a sender may send the rest of its body, so that no reset takes the answer from it", async () => {
    const at = await run();
    const line = await wire(at.port);
    line.socket.allowHalfOpen = true;
    line.send(requestBytes({ path: "/in", headers: { "Content-Length": "500000" } }));
    expectRefusal(await line.answer(), 413, "BODY_TOO_LARGE");
    await line.closed;
    const over = new Promise<boolean>((resolve) => line.socket.once("close", resolve));
    for (let sent = 0; sent < 500_000; sent += 50_000) {
      await new Promise((resolve) => line.socket.write(Buffer.alloc(50_000), resolve));
    }
    line.socket.end();
    const hasFailed = await within("the connection's end", over, 5_000);
    expect(hasFailed).toBe(false);
  });
});
