import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect, test } from "vitest";
import { hmac } from "../../src/providers/index.ts";
import { runHere } from "../support/in-process.ts";
import { requestBytes } from "../support/raw-http.ts";

const gateway = await runHere({
  sources: {
    mine: hmac({ path: "/webhooks/mine", secrets: [], unsigned: true, header: "X-Mine" }),
  },
  destinations: {},
  routes: [],
});
const sockets: Socket[] = [];

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await gateway.end();
});

/** Posts on a connection that then stays open. */
async function postOn(body: string): Promise<void> {
  const socket = connect(gateway.port, "127.0.0.1");
  sockets.push(socket);
  const answered = new Promise((resolve) => socket.once("data", resolve));
  socket.write(requestBytes({ path: "/webhooks/mine", body }));
  expect(String(await answered)).toMatch(/^HTTP\/1\.1 200 /);
}

async function bytesInUse(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 3; turn += 1) {
    collect();
    await sleep(100);
  }
  return process.memoryUsage().arrayBuffers;
}

test("connections that stay open hold no bodies", async () => {
  await postOn("warm");
  const before = await bytesInUse();
  const large = "x".repeat(500_000);
  for (let n = 0; n < 40; n += 1) await postOn(`${n}${large}`);
  expect((await bytesInUse()) - before).toBeLessThan(5_000_000);
});
