/** Live clients of a whole gateway: what they get, who gets in, and how it ends. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { secret } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import { type WebsocketOptions, websocket } from "../../src/destinations/index.ts";
import { hmac } from "../../src/providers/index.ts";
import { scratch } from "../support/gateway-process.ts";
import { allDeliveries, beside } from "../support/kept.ts";
import { type LiveGateway, runLive } from "../support/live-gateway.ts";
import { joinLive } from "../support/live-peer.ts";
import { exchangeOnce, wire } from "../support/raw-http.ts";
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

describe("a client without a protocol", () => {
  test("gets the payload as it was posted, as do 99 others", async () => {
    const at = await run();
    const peers = await Promise.all(Array.from({ length: 100 }, () => joinLive(at.live)));
    const bodies = ['{"test":"ok"}', '{ "a" : 1.0, "b": "Grüße, 世界" }\n', "no JSON", ""];
    for (const body of bodies) await at.post(body);
    await Promise.all(peers.map((peer) => peer.have(bodies.length)));
    for (const peer of peers) {
      expect(peer.texts()).toEqual(bodies);
      expect(peer.binary).not.toContain(true);
    }
  });

  test("gets bytes that are no text as they are", async () => {
    const at = await run();
    const peer = await joinLive(at.live);
    const bytes = Buffer.from([0, 255, 254, 128, 10]);
    await at.post(bytes);
    await at.post("x".repeat(70_000));
    await peer.have(2);
    expect(peer.frames[0]).toEqual(bytes);
    expect(peer.binary).toEqual([true, false]);
    expect(peer.frames[1]).toHaveLength(70_000);
  });

  test("may be Node's own, and what it says is not looked at", async () => {
    const at = await run();
    const socket = new WebSocket(at.live);
    const first = new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    socket.send("anything");
    await at.post('{"test":"ok"}');
    expect(await within("the payload", first)).toBe('{"test":"ok"}');
    socket.close();
  });
});

test("a delivery is delivered with or without clients, and says to how many", async () => {
  const at = await run();
  await at.post("1");
  const settled = async () => {
    const all = await beside(at.store, allDeliveries);
    return all.length > 0 && all.every(({ state }) => state === "delivered") && all;
  };
  const [first] = await until("a delivery to nobody", settled);
  await joinLive(at.live);
  await at.post("2");
  const second = await until("a delivery to one", async () => {
    const all = await settled();
    return all && all.length === 2 && all.find(({ id }) => id !== first?.id);
  });
  const details = await beside(at.store, async (engine) => [
    ...(await engine.attempts(first?.id ?? "")),
    ...(await engine.attempts(second.id)),
  ]);
  expect(details.map(({ detail }) => detail)).toEqual(["0 clients", "1 client"]);
});

describe("a client of surehook.v1", () => {
  const protocols = ["surehook.v1"];

  test("gets events in frames, with ids, type, source and time", async () => {
    const at = await run();
    const peer = await joinLive(at.live, { protocols });
    expect(peer.socket.protocol).toBe("surehook.v1");
    const id = await at.post('{ "n": 1.0 }');
    const text = await at.post("not JSON");
    const bytes = await at.post(Buffer.from([255, 0]));
    await peer.have(3);
    expect(peer.texts()[0]).toContain('"payload":{ "n": 1.0 }');
    const of = { source: "any", provider: "hmac", type: "order.paid" };
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(peer.events()).toEqual([
      { id, ...of, timestamp, payload: { n: 1 } },
      { id: text, ...of, timestamp, payload: "not JSON", encoding: "text" },
      { id: bytes, ...of, timestamp, payload: "/wA=", encoding: "base64" },
    ]);
  });

  test("chooses types by globs, and may choose others later", async () => {
    const at = await run();
    const saying = { subscribe: ["payment.*", "order.paid"] };
    const peer = await joinLive(at.live, { protocols, saying });
    await peer.have(1);
    for (const type of ["payment.failed", "order.made", "order.paid"]) await at.post("1", type);
    await peer.have(3);
    peer.say({ subscribe: ["order.m*"] });
    await peer.have(4);
    for (const type of ["order.paid", "order.made"]) await at.post("2", type);
    await peer.have(5);
    expect(peer.events().map(({ type, payload }) => [type, payload])).toEqual([
      ["payment.failed", 1],
      ["order.paid", 1],
      ["order.made", 2],
    ]);
    expect(peer.answers()).toEqual([
      { ok: "subscribe", types: ["payment.*", "order.paid"] },
      { ok: "subscribe", types: ["order.m*"] },
    ]);
  });

  test("is told what was not understood, and goes on", async () => {
    const at = await run();
    const peer = await joinLive(at.live, { protocols });
    const wrong = ["{", "[]", "{}", '{"subscribe":"all"}', '{"subscribe":[1]}', '{"other":1}'];
    for (const saying of wrong) peer.say(saying);
    await peer.have(wrong.length);
    expect(new Set(peer.answers().map(({ error }) => error))).toEqual(new Set(["NOT_UNDERSTOOD"]));
    const id = await at.post("1");
    await peer.have(wrong.length + 1);
    expect(peer.events().map((one) => one.id)).toEqual([id]);
  });
});

describe("the door", () => {
  const status = async (live: string, options: Parameters<typeof joinLive>[1] = {}) => {
    try {
      const peer = await joinLive(live, options);
      await peer.leave();
      return 101;
    } catch (error) {
      return Number(/response: (\d{3})/.exec(String(error))?.[1]);
    }
  };

  test("asks for the token: as a bearer, in the query, or among the subprotocols", async () => {
    process.env["LIVE_TOKEN"] = "tok_e-n.1";
    const at = await run({ token: secret("LIVE_TOKEN") });
    const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
    expect(await status(at.live)).toBe(401);
    expect(await status(at.live, bearer("tok_e-n.2"))).toBe(401);
    expect(await status(at.live, { headers: { Authorization: "Basic tok_e-n.1" } })).toBe(401);
    expect(await status(`${at.live}?token=`)).toBe(401);
    expect(await status(at.live, { protocols: ["surehook.v1", "tok_e-n.2"] })).toBe(401);
    expect(await status(at.live, bearer("tok_e-n.1"))).toBe(101);
    expect(await status(`${at.live}?token=tok_e-n.1`)).toBe(101);
    for (const protocols of [
      ["surehook.v1", "tok_e-n.1"],
      ["tok_e-n.1", "surehook.bare"],
      ["tok_e-n.1"],
    ]) {
      const peer = await joinLive(at.live, { protocols });
      expect(peer.socket.protocol).toBe(
        protocols.find((one) => one.startsWith("surehook")) ?? "tok_e-n.1",
      );
      await peer.leave();
    }
  });

  test("asks browsers where their page is from", async () => {
    const at = await run({ origins: ["https://app.example.com"] });
    expect(await status(at.live, { headers: { Origin: "https://app.example.com" } })).toBe(101);
    expect(await status(at.live, { headers: { Origin: "https://app.example.com.evil" } })).toBe(
      403,
    );
    expect(await status(at.live, { headers: { Origin: "null" } })).toBe(403);
    expect(await status(at.live)).toBe(101);
  });

  test("takes so many clients, and so many of one address by what a trusted proxy says", async () => {
    const at = await run(
      { maxClients: 3, maxClientsPerAddress: 2 },
      { server: { host: "127.0.0.1", trustedProxies: ["loopback"] } },
    );
    const from = (address: string) => ({ headers: { "X-Forwarded-For": address } });
    const [one] = [await joinLive(at.live, from("203.0.113.1"))];
    await joinLive(at.live, from("203.0.113.1"));
    expect(await status(at.live, from("203.0.113.1"))).toBe(429);
    await joinLive(at.live, from("203.0.113.2"));
    expect(await status(at.live, from("203.0.113.3"))).toBe(503);
    await one?.leave();
    await until("room for another", async () => {
      return (await status(at.live, from("203.0.113.1"))) === 101;
    });
  });

  test("answers what is no upgrade, or a wrong one, in HTTP", async () => {
    const at = await run();
    const upgrade = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const ask = (path: string, headers: Record<string, string>, method = "GET") =>
      exchangeOnce(at.port, { method, path, headers });
    const plain = await ask("/live", {});
    expect([plain.status, plain.headers["upgrade"]]).toEqual([426, "websocket"]);
    expect(JSON.parse(plain.body)).toMatchObject({ code: "UPGRADE_REQUIRED" });
    const old = await ask("/live", { ...upgrade, "Sec-WebSocket-Version": "7" });
    expect([old.status, old.headers["sec-websocket-version"]]).toEqual([426, "13"]);
    const wrongKey = await ask("/live", { ...upgrade, "Sec-WebSocket-Key": "short" });
    expect([wrongKey.status, JSON.parse(wrongKey.body).code]).toEqual([400, "BAD_UPGRADE"]);
    expect((await ask("/live", upgrade, "POST")).status).toBe(400);
    expect((await ask("/elsewhere", upgrade)).status).toBe(404);
    expect((await ask("/live", { Connection: "Upgrade", Upgrade: "h2c" })).status).toBe(426);
  });

  test("leaves other requests alone that would like an upgrade", async () => {
    const at = await run();
    const headers = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "X-Event-Type": "a" };
    const answer = await exchangeOnce(at.port, { path: "/in", headers, body: "{}" });
    expect(answer.status).toBe(200);
  });
});

test("live clients connect by TLS where the gateway speaks it", async () => {
  const folder = scratch("live-tls");
  const [keyFile, certFile] = [join(folder.path, "key.pem"), join(folder.path, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  execFileSync("openssl", ["req", ...made, ...subject, "-keyout", keyFile, "-out", certFile], {
    stdio: "ignore",
  });
  const at = await run({}, { server: { host: "127.0.0.1", tls: { certFile, keyFile } } });
  const ca = readFileSync(certFile);
  const peer = await joinLive(`wss://localhost:${at.port}/live`, { ca });
  const body = "x".repeat(300_000);
  const posted = { path: "/in", headers: { "X-Event-Type": "a" }, body };
  expect((await exchangeOnce(at.port, posted, { ca })).status).toBe(200);
  await peer.have(1);
  expect(peer.texts()).toEqual([body]);
  await at.stop();
  expect(await peer.closed).toMatchObject({ code: 1001 });
  folder.remove();
});

describe("a config", () => {
  const mistakes = (options: Partial<WebsocketOptions>, path = "/live") => {
    const judged = judgeGateway({
      sources: { any: hmac({ path: "/in/:tenant", header: "x-signature", unsigned: true }) },
      destinations: {
        first: websocket({ path: "/first", open: true }),
        screens: websocket({ path, ...options }),
      },
      routes: [],
    });
    return judged.kind === "mistakes" ? judged.mistakes.map((one) => one.path) : [];
  };

  test("says who may come in", () => {
    expect(mistakes({})).toEqual(["destinations.screens.token"]);
    expect(mistakes({ open: true, token: secret("LIVE") })).toEqual(["destinations.screens.open"]);
    expect(mistakes({ token: secret("LIVE") })).toEqual([]);
  });

  test("gives live clients a path of their own", () => {
    for (const path of ["/in/acme", "/first", "/health/live", "/live/:room", "live", "/l?a"]) {
      expect(mistakes({ open: true }, path), path).toEqual(["destinations.screens.path"]);
    }
  });

  test("doesn't start where the token is missing", async () => {
    await expect(run({ token: secret("NO_SUCH_TOKEN") })).rejects.toThrow("NO_SUCH_TOKEN");
  });
});

describe("a stop", () => {
  test("sends what was accepted, says 1001 to each client, and waits for none that is silent", async () => {
    const at = await run();
    const peers = await Promise.all(Array.from({ length: 5 }, () => joinLive(at.live)));
    const silent = await wire(at.port);
    silent.send(
      "GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await until("an upgrade", () => silent.left().includes("101"));
    const posts = Array.from({ length: 20 }, (_, n) => at.post(String(n)));
    await Promise.all(posts);
    await until("the deliveries", async () => {
      const all = await beside(at.store, allDeliveries);
      return all.every(({ state }) => state === "delivered");
    });
    const began = performance.now();
    await at.stop();
    expect(performance.now() - began).toBeLessThan(10_000);
    for (const peer of peers) {
      expect(await peer.closed).toMatchObject({ code: 1001 });
      expect(peer.frames).toHaveLength(20);
    }
    await silent.closed;
    await expect(joinLive(at.live)).rejects.toThrow();
  });
});
