/** Adapters on applications that are hard on bodies: too large, broken off, decompressed or decoded before them. */
import { spawnSync } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { surehook as fetchHandler } from "../../src/adapters/fetch.ts";
import { surehook as nodeHandler } from "../../src/adapters/node.ts";
import { createGateway, type MountedGateway } from "../../src/app/create-gateway.ts";
import { defineGateway, secret } from "../../src/core/define.ts";
import { stripe } from "../../src/providers/stripe.ts";
import { scratch } from "../support/gateway-process.ts";
import { signStripe, stripeSecret } from "../support/stripe-events.ts";

const mebibyte = 1024 * 1024;
const address = "http://localhost/webhooks/stripe";

let folder: ReturnType<typeof scratch>;
let gateway: MountedGateway;

beforeEach(async () => {
  folder = scratch("adapters");
  process.env["ADAPTERS_STRIPE"] = stripeSecret;
  const source = stripe({
    path: "/webhooks/stripe",
    secrets: [secret("ADAPTERS_STRIPE")],
    maxBodyBytes: mebibyte,
  });
  const definition = defineGateway({ sources: { stripe: source }, destinations: {}, routes: [] });
  gateway = createGateway(definition, { store: `${folder.path}/store.db`, logLevel: "silent" });
  await gateway.ready;
});

afterEach(async () => {
  await gateway.stop();
  folder.remove();
});

/** A body of up to 64 MiB; `read` says how many of them were asked for. */
function endless(): { readonly body: ReadableStream<Uint8Array>; readonly read: () => number } {
  let read = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (read === 64) return controller.close();
      read += 1;
      controller.enqueue(new Uint8Array(mebibyte));
    },
  });
  return { body, read: () => read };
}

async function answered(request: Request): Promise<{ status: number; code: string }> {
  const response = await fetchHandler(gateway)(request);
  if (response === undefined) throw new Error("not the gateway's path");
  const { code } = (await response.json()) as { readonly code: string };
  return { status: response.status, code };
}

describe("a fetch-style server", () => {
  test("reads no more of a body than its source takes", async () => {
    const { body, read } = endless();
    const request = new Request(address, { method: "POST", body, duplex: "half" });
    expect(await answered(request)).toEqual({ status: 413, code: "BODY_TOO_LARGE" });
    expect(read()).toBeLessThan(5);
  });

  test("reads nothing of a request that doesn't pass the doors", async () => {
    const { body, read } = endless();
    const request = new Request(address, { method: "PUT", body, duplex: "half" });
    expect(await answered(request)).toEqual({ status: 405, code: "METHOD_NOT_ALLOWED" });
    expect(read()).toBeLessThan(3);
  });

  test("answers where the sender breaks off", async () => {
    const body = new ReadableStream({ pull: (to) => to.error(new Error("gone")) });
    const request = new Request(address, { method: "POST", body, duplex: "half" });
    expect(await answered(request)).toEqual({ status: 408, code: "REQUEST_TIMEOUT" });
  });

  test("takes a body in pieces, and one that has none", async () => {
    const text = '{"id":"evt_1","type":"a.b"}';
    const pieces = [text.slice(0, 5), text.slice(5)];
    const body = ReadableStream.from(pieces.map((piece) => Buffer.from(piece)));
    const headers = { "stripe-signature": signStripe(text) };
    const request = new Request(address, { method: "POST", body, headers, duplex: "half" });
    expect((await fetchHandler(gateway)(request))?.status).toBe(200);
    const empty = new Request(address, { method: "POST" });
    expect(await answered(empty)).toEqual({ status: 401, code: "MISSING_SIGNATURE" });
  });
});

/** Posts to a server whose parser leaves of a body what `left` makes of it. */
async function posted(
  left: (bytes: Buffer) => Buffer | string,
  given: { readonly body: Buffer; readonly headers?: Record<string, string> },
): Promise<{ status: number; code?: string }> {
  const handle = nodeHandler(gateway);
  const server = createServer(async (request: IncomingMessage, response) => {
    const rawBody = left(await buffer(request));
    handle(Object.assign(request, { rawBody }), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { body } = given;
  const headers = { "stripe-signature": signStripe(body.toString("latin1")), ...given.headers };
  try {
    const url = `http://127.0.0.1:${port}/webhooks/stripe`;
    const response = await fetch(url, { method: "POST", body, headers });
    return { status: response.status, ...((await response.json()) as { readonly code?: string }) };
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("a parser before the gateway", () => {
  const json = Buffer.from('{"id":"evt_1","type":"a.b"}');

  test("that leaves the bytes is fine", async () => {
    expect(await posted((bytes) => bytes, { body: json })).toMatchObject({ status: 200 });
    expect(await posted(String, { body: json })).toMatchObject({ status: 200 });
  });

  test("that has decompressed them is told so, and the sender comes again", async () => {
    const headers = { "content-encoding": "gzip", "stripe-signature": signStripe(String(json)) };
    const answer = await posted((bytes) => gunzipSync(bytes), { body: gzipSync(json), headers });
    expect(answer).toMatchObject({ status: 503, code: "BODY_PARSED" });
  });

  test("that has decoded what is no UTF-8 is told so, and nothing counts as forged", async () => {
    const body = Buffer.from('{"id":"evt_1","name":"\xe9"}', "latin1");
    expect(await posted(String, { body })).toMatchObject({ status: 503, code: "BODY_PARSED" });
  });
});

/** An application that waits for nothing, and goes on after what nobody caught, as some frameworks do. */
const carefree = `
import { createGateway } from ${JSON.stringify(import.meta.resolve("../../src/app/create-gateway.ts"))};
import { defineGateway, secret } from ${JSON.stringify(import.meta.resolve("../../src/index.ts"))};
import { stripe } from ${JSON.stringify(import.meta.resolve("../../src/providers/stripe.ts"))};
process.on("unhandledRejection", () => undefined);
const source = stripe({ path: "/webhooks/stripe", secrets: [secret("ADAPTERS_MISSING")] });
const gateway = createGateway(defineGateway({ sources: { stripe: source }, destinations: {}, routes: [] }));
const head = { method: "POST", url: "/webhooks/stripe", rawHeaders: [], remoteAddress: "" };
process.exitCode = (await gateway.take(head, Buffer.from("{}"))).status === 503 ? 0 : 1;
`;

test("a gateway that can't open says why in the log, also where nobody asks", () => {
  const words = ["--no-warnings", "--input-type=module", "--eval", carefree];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("503") });
  expect(JSON.parse(stderr)).toMatchObject({
    level: 50,
    code: "CONFIG_INVALID",
    error: expect.stringContaining("ADAPTERS_MISSING"),
  });
});
