/** Clients that are slow, silent, hostile or restless: they harm nobody else, and leave nothing behind. */
import { randomBytes, randomInt } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { allDeliveries, beside } from "../support/kept.ts";
import { type LiveGateway, runLive } from "../support/live-gateway.ts";
import { joinLive } from "../support/live-peer.ts";
import { exchangeOnce, type Wire, wire } from "../support/raw-http.ts";
import { until, within } from "../support/until.ts";

let gateway: LiveGateway | undefined;
const run = async (...given: Parameters<typeof runLive>): Promise<LiveGateway> => {
  gateway = await runLive(...given);
  return gateway;
};

afterEach(async () => {
  await gateway?.end();
  gateway = undefined;
});

/** A client by hand, which answers nothing by itself. */
async function bareClient(at: LiveGateway, protocol?: string): Promise<Wire> {
  const line = await wire(at.port);
  line.send(
    "GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      `${protocol === undefined ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`}` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await until("an upgrade", () => line.left().includes("101"));
  return line;
}

/** Sockets that this process has open. */
const openSockets = () =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

test("a slow client is let go with a code; the others get everything, and no delivery fails", async () => {
  const at = await run({ bufferBytes: 65_536 });
  const slow = await joinLive(at.live);
  const others = await Promise.all(Array.from({ length: 5 }, () => joinLive(at.live)));
  slow.socket.pause();
  const filler = "x".repeat(1_000_000);
  let posted = 0;
  const details = async () =>
    beside(at.store, async (engine) => {
      const ids = (await allDeliveries(engine)).map(({ id }) => id);
      const attempts = await Promise.all(ids.map((id) => engine.attempts(id)));
      return attempts.flat().map(({ detail }) => detail);
    });
  await until("an end of the slow one", async () => {
    await at.post(`${posted}:${filler}`);
    posted += 1;
    return (await details()).includes("5 clients");
  });
  slow.socket.resume();
  expect(await slow.closed).toEqual({ code: 1013, reason: "too slow: resume by the last id" });
  expect(slow.frames.length).toBeLessThan(posted);
  await Promise.all(others.map((peer) => peer.have(posted)));
  for (const peer of others) {
    expect(peer.texts().map((text) => Number(text.split(":")[0]))).toEqual(
      Array.from({ length: posted }, (_, n) => n),
    );
  }
  const kept = await beside(at.store, allDeliveries);
  expect(kept.every(({ state, attempts }) => state === "delivered" && attempts === 1)).toBe(true);
});

test("a client that answers no ping is cut off; one that does stays", async () => {
  const at = await run({ heartbeatSeconds: 1 });
  const alive = await joinLive(at.live);
  const pings = { count: 0 };
  alive.socket.on("ping", () => {
    pings.count += 1;
  });
  const dead = await bareClient(at);
  await within("an end of the dead one", dead.closed);
  await until("three pings", () => pings.count >= 3);
  await at.post("1");
  await alive.have(1);
});

test("a client that says too much, or too long things, is let go", async () => {
  const at = await run();
  const talker = await joinLive(at.live, { protocols: ["surehook.v1"] });
  for (let n = 0; n < 200; n += 1) talker.say({ subscribe: ["a"] });
  expect(await talker.closed).toMatchObject({ code: 1008 });
  expect(talker.frames.length).toBeLessThanOrEqual(100);
  const long = await joinLive(at.live);
  long.say("x".repeat(5_000));
  expect(await long.closed).toMatchObject({ code: 1009 });
  const pinger = await joinLive(at.live);
  for (let n = 0; n < 200; n += 1) pinger.socket.ping();
  // Ours is 1008; where pongs wait to go out, the library breaks off first.
  expect([1006, 1008]).toContain((await pinger.closed).code);
});

test("bytes that are no frames, or wrong ones, end only their own client", async () => {
  const at = await run();
  const watcher = await joinLive(at.live);
  const before = openSockets();
  const masked = (first: number, length: Buffer, payload: Buffer) =>
    Buffer.concat([Buffer.from([first]), length, Buffer.alloc(4), payload]);
  const huge = Buffer.concat([Buffer.from([0xff]), Buffer.from("0fffffffffffffff", "hex")]);
  const kinds: (() => Buffer)[] = [
    () => randomBytes(randomInt(1, 5_000)),
    () => masked(0x81, huge, Buffer.from("x")),
    () => Buffer.from([0x81, 0x02, 0x68, 0x69]),
    () => masked(0x81, Buffer.from([0x84]), Buffer.from([0xff, 0xfe, 0xc0, 0x80])),
    () => masked(0x80 + randomInt(3, 8), Buffer.from([0x81]), Buffer.from("x")),
    () => masked(0x09, Buffer.from([0x81]), Buffer.from("x")),
    () => masked(0xf1, Buffer.from([0x81]), Buffer.from("x")),
    () => masked(0x88, Buffer.from([0x81]), Buffer.from("x")),
    () => masked(0x88, Buffer.from([0x82]), Buffer.from([0xff, 0xff])),
    () => Buffer.alloc(2_000, masked(0x01, Buffer.from([0x81]), Buffer.from("x"))),
  ];
  for (let round = 0; round < 20; round += 1) {
    const lines = await Promise.all(
      kinds.map((_, n) => bareClient(at, n % 2 === 0 ? "surehook.v1" : undefined)),
    );
    for (const [n, line] of lines.entries()) {
      line.send((kinds[n] as () => Buffer)());
      line.socket.end();
    }
    await Promise.all(lines.map((line) => within("an end", line.closed)));
    for (const line of lines) line.end();
  }
  await until("no socket of theirs", () => openSockets() <= before);
  await at.post("still here");
  await watcher.have(1);
  expect(watcher.texts()).toEqual(["still here"]);
}, 120_000);

test("thousands of clients that come and go, in whatever way, leave no place taken", async () => {
  const places = 40;
  const at = await run({ maxClients: places, maxClientsPerAddress: places });
  const before = openSockets();
  const endings: ((line: Wire) => void)[] = [
    (line) => line.socket.resetAndDestroy(),
    (line) => line.socket.end(),
    (line) => line.end(),
    (line) => line.send(Buffer.from([0x88, 0x80, 0, 0, 0, 0])),
  ];
  for (let wave = 0; wave < 75; wave += 1) {
    const lines = await Promise.all(Array.from({ length: places }, () => bareClient(at)));
    // By a connection that is closed, since sockets are counted.
    if (wave % 10 === 0) await exchangeOnce(at.port, { path: "/in", body: String(wave) });
    for (const [n, line] of lines.entries()) (endings[n % 4] as (line: Wire) => void)(line);
    await Promise.all(lines.map((line) => within("an end", line.closed)));
    await until("no socket of theirs", () => openSockets() <= before);
  }
  const peers = await Promise.all(Array.from({ length: places }, () => joinLive(at.live)));
  await at.post("last");
  await Promise.all(peers.map((peer) => peer.have(1)));
}, 120_000);
