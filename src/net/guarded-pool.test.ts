import type { LookupAddress } from "node:dns";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { exchange } from "./exchange.ts";
import { guardedPool, type Lookup } from "./guarded-pool.ts";
import type { AllowPrivate } from "./public-address.ts";

async function sink() {
  const server = createServer((request, response) => response.end(request.headers.host));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const end = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, end };
}

function resolver(answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const lookup: Lookup = (hostname, _options, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    const found: LookupAddress[] = addresses.map((address) => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    setImmediate(() => callback(null, found));
  };
  return { lookup, asked };
}

async function reach(origin: string, guard: { lookup?: Lookup; allowPrivate?: AllowPrivate }) {
  const pool = guardedPool(origin, {
    ...guard,
    connections: 2,
    connectTimeoutMs: 300,
    timeoutMs: 300,
  });
  const bounds = { timeoutMs: 5_000, signal: new AbortController().signal };
  const result = await exchange(pool, { path: "/", method: "GET" }, bounds);
  await pool.destroy();
  return result;
}

describe("guarded connections", () => {
  it("judge what a name resolves to", async () => {
    const { lookup, asked } = resolver([["10.0.0.1", "::1", "169.254.169.254"]]);
    expect(await reach("http://inside.test", { lookup })).toMatchObject({
      kind: "broken",
      error: { code: "ADDRESS_REFUSED", message: expect.stringContaining("10.0.0.1") },
    });
    expect(asked).toEqual(["inside.test"]);
  });

  it("use only the allowed ones of mixed answers", async () => {
    const { port, end } = await sink();
    // The refused address comes first; a socket that were given it would reach it and fail.
    const { lookup } = resolver([["10.255.255.1", "::1", "127.0.0.1"]]);
    const guard = { lookup, allowPrivate: ["127.0.0.1"] };
    expect(await reach(`http://mixed.test:${port}`, guard)).toMatchObject({ status: 200 });
    end();
  });

  it("never ask twice for one connection, so that a second answer can't differ", async () => {
    const { port, end } = await sink();
    const { lookup, asked } = resolver([["192.0.2.1"], ["127.0.0.1"]]);
    const result = await reach(`http://rebinding.test:${port}`, { lookup });
    expect(result).toMatchObject({ error: { code: "ADDRESS_REFUSED" } });
    expect(asked).toHaveLength(1);
    end();
  });

  it("refuse a name without addresses", async () => {
    const { lookup } = resolver([[]]);
    expect(await reach("http://empty.test", { lookup })).toMatchObject({
      error: { code: "ADDRESS_REFUSED" },
    });
  });

  it("refuse by TLS as well", async () => {
    const { lookup } = resolver([["127.0.0.1"]]);
    expect(await reach("https://inside.test", { lookup })).toMatchObject({
      error: { code: "ADDRESS_REFUSED" },
    });
    expect(await reach("https://[::1]:9", {})).toMatchObject({
      error: { code: "ADDRESS_REFUSED" },
    });
  });

  it("pass a resolver's own error on", async () => {
    const lookup: Lookup = (hostname, _options, callback) =>
      callback(Object.assign(new Error(`ENOTFOUND ${hostname}`), { code: "ENOTFOUND" }), []);
    expect(await reach("http://nowhere.test", { lookup })).toMatchObject({
      error: { code: "ENOTFOUND" },
    });
  });

  it("share a lookup that is under way", async () => {
    const { port, end } = await sink();
    const { lookup, asked } = resolver([["127.0.0.1"]]);
    const pool = guardedPool(`http://shared.test:${port}`, {
      lookup,
      allowPrivate: true,
      connections: 5,
      connectTimeoutMs: 1_000,
      timeoutMs: 1_000,
    });
    const bounds = { timeoutMs: 5_000, signal: new AbortController().signal };
    const request = { path: "/", method: "GET" } as const;
    const results = await Promise.all(
      Array.from({ length: 5 }, () => exchange(pool, request, bounds)),
    );
    expect(results.map(({ kind }) => kind)).toEqual(Array(5).fill("answered"));
    expect(asked).toHaveLength(1);
    await pool.destroy();
    end();
  });
});

function countConnections(server: Server) {
  let count = 0;
  server.on("connection", () => {
    count += 1;
  });
  return () => count;
}

describe("an exchange", () => {
  it("that ends while it waits for a connection is never sent", async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { promise: isAsked, resolve: asked } = Promise.withResolvers<() => void>();
    const lookup: Lookup = (_hostname, _options, callback) =>
      asked(() => callback(null, [{ address: "127.0.0.1", family: 4 }]));
    const { port } = server.address() as AddressInfo;
    const pool = guardedPool(`http://slow.test:${port}`, {
      lookup,
      allowPrivate: true,
      connections: 1,
      connectTimeoutMs: 5_000,
      timeoutMs: 5_000,
    });
    const stop = new AbortController();
    const connections = countConnections(server);
    const request = { path: "/", method: "POST", body: "x" } as const;
    const stopped = exchange(pool, request, { timeoutMs: 5_000, signal: stop.signal });
    const answer = await isAsked;
    stop.abort();
    expect(await stopped).toMatchObject({ kind: "stopped" });
    answer();
    const bounds = { timeoutMs: 5_000, signal: new AbortController().signal };
    expect(await exchange(pool, request, bounds)).toMatchObject({ status: 200 });
    expect(requests).toBe(1);
    expect(connections()).toBe(1);
    await pool.destroy();
    server.close();
  });
});
