import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { secret } from "../core/define.ts";
import type { OpenDestination, Parcel } from "../core/types.ts";
import {
  arrivals,
  contextOf,
  destinationConformance,
  eventOf,
  noSignal,
  parcelOf,
} from "./conformance.ts";
import { http, httpKind, openHttp } from "./http.ts";

type Arrival = { readonly request: IncomingMessage; readonly body: Buffer };
type Answerer = (response: ServerResponse, arrival: Arrival) => void;

const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function listen(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const end = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, url: `http://127.0.0.1:${port}/hooks?a=1`, end };
}

async function target(answer: Answerer = (response) => response.end("ok")) {
  const { add, next } = arrivals<Arrival>();
  const server = await listen(async (request, response) => {
    const arrival = { request, body: await buffer(request) };
    answer(response, arrival);
    add(arrival);
  });
  return { ...server, next };
}

async function opened(answer?: Answerer, options: object = {}, context = contextOf()) {
  const server = await target(answer);
  const destination = openHttp({ url: server.url, allowPrivate: true, ...options }, context);
  endings.push(async () => {
    await server.end();
    await destination.close();
  });
  return { ...server, send: sender(destination) };
}

function sender(destination: OpenDestination) {
  return (given: Partial<Parcel> = {}, signal = noSignal()) =>
    destination.send(parcelOf(given), signal);
}

const key = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const otherKey = `whsec_${Buffer.alloc(24, 9).toString("base64")}`;
const secrets: Readonly<Record<string, string>> = {
  KEY: key,
  OTHER: otherKey,
  TOKEN: "Bearer t0ken",
  BAD: "not base64!",
  WEAK: "whsec_c2hvcnQ=",
};
const withSecrets = contextOf({
  secret: ({ name }) => {
    const value = secrets[name];
    return value === undefined ? undefined : { name, value };
  },
});

destinationConformance({
  kind: httpKind,
  open: async (behaviour) => {
    const server = await target((response) => {
      if (behaviour === "hangs") return;
      response.statusCode = behaviour === "accepts" ? 204 : 500;
      response.end();
    });
    const destination = openHttp({ url: server.url, allowPrivate: true }, contextOf());
    return {
      destination,
      arrived: async () => (await server.next()).body,
      end: server.end,
    };
  },
});

describe("what an HTTP destination sends", () => {
  it("posts to the path and query of its url", async () => {
    const { send, next } = await opened();
    expect(await send()).toEqual({ kind: "delivered", status: 200 });
    const { request } = await next();
    expect([request.method, request.url]).toEqual(["POST", "/hooks?a=1"]);
  });

  it("names the event, its type, its source, the delivery and the attempt", async () => {
    const { send, next } = await opened(undefined, {}, contextOf({ now: () => 1_700_000_123_456 }));
    await send({ attempt: 3 });
    const { headers } = (await next()).request;
    expect(headers).toMatchObject({
      "webhook-id": parcelOf().event.id,
      "webhook-timestamp": "1700000123",
      "surehook-event-id": parcelOf().event.id,
      "surehook-event-type": "order.paid",
      "surehook-source": "shop",
      "surehook-delivery": parcelOf().deliveryId,
      "surehook-attempt": "3",
      "content-type": "application/json",
    });
    expect(headers).not.toHaveProperty("webhook-signature");
  });

  it("forwards the sender's headers but those of its connection, credentials, proxies and ours", async () => {
    const { send, next } = await opened();
    await send({
      headers: [
        ...[
          "Stripe-Signature",
          "t=1,v1=ab",
          "User-Agent",
          "Stripe/1.0",
          "X-Two",
          "1",
          "x-two",
          "2",
        ],
        ...["Host", "evil", "Content-Length", "999", "Transfer-Encoding", "chunked"],
        ...["Connection", "close, X-Bound", "X-Bound", "1", "Keep-Alive", "timeout=1"],
        ...["Expect", "100-continue", "Upgrade", "h2c", "TE", "trailers", "Accept-Encoding", "br"],
        ...["Authorization", "Basic x", "Cookie", "a=b", "X-Forwarded-For", "1.1.1.1"],
        ...["Forwarded", "for=1.1.1.1", "Via", "1.1 x", "Surehook-Event-Id", "spoofed"],
      ],
    });
    const { request } = await next();
    expect(request.headers).toMatchObject({
      "stripe-signature": "t=1,v1=ab",
      "user-agent": "Stripe/1.0",
      "x-two": "1, 2",
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      "content-length": "8",
      connection: "keep-alive",
      "surehook-event-id": parcelOf().event.id,
    });
    const absent = "x-bound te expect upgrade authorization cookie x-forwarded-for forwarded via";
    for (const name of `${absent} accept-encoding transfer-encoding keep-alive`.split(" ")) {
      expect(request.headers).not.toHaveProperty(name);
    }
  });

  it("adds headers of its own in place of the sender's, also from secrets", async () => {
    const headers = { Authorization: secret("TOKEN"), "User-Agent": "ours" };
    const { send, next } = await opened(undefined, { headers }, withSecrets);
    await send({ headers: ["User-Agent", "theirs", "Authorization", "theirs"] });
    const { request } = await next();
    expect(request.headersDistinct).toMatchObject({
      authorization: ["Bearer t0ken"],
      "user-agent": ["ours"],
    });
  });

  it("survives headers and types that can't be in a header", async () => {
    const { send, next } = await opened();
    const outcome = await send({
      event: eventOf({ type: "a\r\nX-Injected: 1/é✓" }),
      headers: [
        "X-Break",
        "a\r\nX-Injected: 1",
        "X-Utf8",
        "é✓",
        "X-Latin",
        "\xe9",
        "Bad Name",
        "1",
      ],
    });
    expect(outcome.kind).toBe("delivered");
    const { headers } = (await next()).request;
    expect(headers).not.toHaveProperty("x-injected");
    expect(headers).not.toHaveProperty("x-break");
    expect(Buffer.from(String(headers["x-utf8"]), "latin1").toString("utf8")).toBe("é✓");
    expect(headers["x-latin"]).toBe("\xe9");
    expect(decodeURI(String(headers["surehook-event-type"]))).toBe("a\r\nX-Injected: 1/é✓");
  });

  it("forwards Content-Encoding only with the body as it was sent", async () => {
    const { send, next } = await opened();
    const headers = ["Content-Encoding", "gzip"];
    await send({ headers });
    await send({ headers, event: eventOf({ inDecoded: true }) });
    expect((await next()).request.headers["content-encoding"]).toBe("gzip");
    expect((await next()).request.headers).not.toHaveProperty("content-encoding");
  });

  it("keeps connections, at most as many as its concurrency", async () => {
    const ports = new Set<number | undefined>();
    const { send } = await opened(
      (response, { request }) => {
        ports.add(request.socket.remotePort);
        response.end();
      },
      {},
      contextOf({ concurrency: 3 }),
    );
    await Promise.all(Array.from({ length: 30 }, () => send()));
    expect(ports.size).toBeLessThanOrEqual(3);
  });
});

describe("Standard Webhooks signatures", () => {
  it("are accepted by the official library with each of the keys", async () => {
    const options = { secrets: [secret("KEY"), secret("OTHER")] };
    const { send, next } = await opened(undefined, options, withSecrets);
    await send({ body: Buffer.from('{"é":"✓"}') });
    const { request, body } = await next();
    const headers = request.headers as Record<string, string>;
    expect(headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    for (const each of [key, otherKey]) {
      expect(new Webhook(each).verify(body, headers)).toEqual({ é: "✓" });
    }
    expect(() => new Webhook(otherKey).verify(`${body} `, headers)).toThrow();
  });

  it("replace the sender's own", async () => {
    const { send, next } = await opened(undefined, { secrets: [secret("KEY")] }, withSecrets);
    await send({ headers: ["Webhook-Id", "theirs", "Webhook-Signature", "v1,theirs"] });
    const { request, body } = await next();
    expect(request.headersDistinct["webhook-id"]).toEqual([parcelOf().event.id]);
    const headers = request.headers as Record<string, string>;
    expect(new Webhook(key).verify(body, headers)).toEqual({ id: 1 });
  });

  it("of the sender pass whole where we don't sign", async () => {
    const { send, next } = await opened();
    const body = Buffer.from("{}");
    const signature = new Webhook(key).sign("msg_1", new Date(), "{}");
    const timestamp = String(Math.floor(Date.now() / 1000));
    await send({
      body,
      headers: [
        ...["Webhook-Id", "msg_1", "Webhook-Timestamp", timestamp],
        ...["Webhook-Signature", signature],
      ],
    });
    const { request } = await next();
    expect(new Webhook(key).verify(body, request.headers as Record<string, string>)).toEqual({});
    expect(request.headers["surehook-event-id"]).toBe(parcelOf().event.id);
  });

  it("keep their id over attempts and replays", async () => {
    const { send, next } = await opened(undefined, { secrets: [secret("KEY")] }, withSecrets);
    await send({ deliveryId: "first", attempt: 1 });
    await send({ deliveryId: "replay", attempt: 2 });
    const ids = [await next(), await next()].map(({ request }) => request.headers["webhook-id"]);
    expect(new Set(ids).size).toBe(1);
  });
});

describe("what an HTTP destination makes of an answer", () => {
  const answering = (status: number, headers: Record<string, string> = {}, body = "") =>
    opened((response) => response.writeHead(status, headers).end(body));

  it.each([200, 201, 202, 204, 299])("delivered by %i", async (status) => {
    const { send } = await answering(status);
    expect(await send()).toEqual({ kind: "delivered", status });
  });

  it.each([400, 404, 410, 429, 500, 503])(
    "failed by %i, with the answer's begin",
    async (status) => {
      const { send } = await answering(status, {}, "no\r\n\tway");
      expect(await send()).toEqual({
        kind: "failed",
        code: "DESTINATION_STATUS",
        status,
        detail: `answered ${status}: no way`,
      });
    },
  );

  it("does not follow redirects", async () => {
    let count = 0;
    const { send } = await opened((response) => {
      count += 1;
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    const outcome = await send();
    expect(outcome).toMatchObject({ code: "DESTINATION_STATUS", status: 307 });
    expect(outcome).toMatchObject({ detail: expect.stringContaining("redirects aren't followed") });
    expect(count).toBe(1);
  });

  it.each([
    ["120", 120_000],
    ["0", 0],
    ["Tue, 14 Nov 2023 22:14:20 GMT", 60_000],
    ["Tue, 14 Nov 2023 22:00:00 GMT", 0],
    ["soon", undefined],
  ])("passes Retry-After %s on", async (value, expected) => {
    const { send } = await opened(
      (response) => response.writeHead(503, { "retry-after": value }).end(),
      {},
      contextOf({ now: () => 1_700_000_000_000 }),
    );
    expect((await send()) as object).toMatchObject(
      expected === undefined ? { status: 503 } : { retryAfterMs: expected },
    );
  });

  it("reads a bounded part of an endless answer and keeps its status", async () => {
    const { send } = await opened((response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, "x")));
      };
      response.on("drain", more);
      response.writeHead(500);
      more();
    });
    const outcome = await send();
    expect(outcome).toMatchObject({ code: "DESTINATION_STATUS", status: 500 });
    expect((outcome as { detail: string }).detail.length).toBeLessThan(1_100);
  });

  it("keeps a status whose body never ends", async () => {
    const { send } = await opened(
      (response) => response.writeHead(200, { "content-length": "10" }).flushHeaders(),
      {},
      contextOf({ timeoutMs: 200 }),
    );
    expect(await send()).toEqual({ kind: "delivered", status: 200 });
  });

  it("times out by itself", async () => {
    const { send } = await opened(() => undefined, {}, contextOf({ timeoutMs: 100 }));
    expect(await send()).toMatchObject({ kind: "failed", code: "DESTINATION_TIMEOUT" });
  });

  it("calls a stop that isn't a timeout unreachable", async () => {
    const { send, next } = await opened(() => undefined);
    const stop = new AbortController();
    const outcome = send({}, stop.signal);
    await next();
    stop.abort();
    expect(await outcome).toMatchObject({ code: "DESTINATION_UNREACHABLE" });
  });

  it("says ECONNREFUSED where nobody listens", async () => {
    const { port, end } = await target();
    await end();
    const url = `http://127.0.0.1:${port}/`;
    const destination = openHttp({ url, allowPrivate: true }, contextOf());
    expect(await sender(destination)()).toMatchObject({
      code: "DESTINATION_UNREACHABLE",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
    await destination.close();
  });

  it.each([
    "",
    "HTTP/1.1 999999\r\n\r\n",
    "hello\r\n\r\n",
    "HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n",
  ])("survives an answer that isn't HTTP: %j", async (text) => {
    const server = createTcpServer((socket: Socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(text));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const destination = openHttp({ url, allowPrivate: true }, contextOf());
    expect(await sender(destination)()).toMatchObject({ code: "DESTINATION_UNREACHABLE" });
    await destination.close();
    server.close();
  });
});

describe("opening an HTTP destination", () => {
  it("takes its url from a secret", async () => {
    const server = await target();
    const context = contextOf({ secret: () => ({ name: "URL", value: `${server.url}\n` }) });
    const destination = openHttp({ url: secret("URL"), allowPrivate: true }, context);
    expect((await sender(destination)()).kind).toBe("delivered");
    await destination.close();
    await server.end();
  });

  const url = "https://example.com/";
  it.each([
    ["a missing url", { url: secret("NONE") }, /NONE/],
    ["a url that is none", { url: secret("TOKEN") }, /begins with https/],
    ["a password in the url", { url: "https://a:b@example.com/" }, /authorization: secret/],
    ["a missing key", { url, secrets: [secret("NONE")] }, /NONE/],
    [
      "only optional keys, none set",
      { url, secrets: [secret("NONE", { optional: true })] },
      /NONE/,
    ],
    ["a key that isn't base64", { url, secrets: [secret("BAD")] }, /BAD is not whsec_/],
    ["a key that is too short", { url, secrets: [secret("WEAK")] }, /WEAK is not whsec_/],
    ["a missing header", { url, headers: { a: secret("NONE") } }, /NONE/],
    ["a header with a line break", { url, headers: { a: "1\n2" } }, /headers\.a/],
  ])("refuses %s and says what to do", (_, options, text) => {
    expect(() => openHttp(options, withSecrets)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(text) }),
    );
  });

  it("never puts a secret's value into the text of a fault", () => {
    const open = () => openHttp({ url, secrets: [secret("BAD")] }, withSecrets);
    expect(open).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("base64!") }),
    );
  });

  it.each(["Host", "content-length", "Webhook-Id", "Surehook-Source", "Connection", "a b", ""])(
    "lets no config set the header %j",
    (name) => {
      const schema = z.object(httpKind.settings);
      expect(schema.safeParse({ url, headers: { [name]: "x" } }).success).toBe(false);
    },
  );

  it("is written down with http()", () => {
    expect(http({ url, timeoutSeconds: 5 })).toMatchObject({
      kind: "destination",
      type: { name: "http" },
      options: { url, timeoutSeconds: 5 },
    });
  });
});

describe("addresses that an HTTP destination refuses", () => {
  it.each([
    "http://127.0.0.1/",
    "http://localhost/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
  ])("%s", async (url) => {
    const destination = openHttp({ url }, contextOf());
    expect(await sender(destination)()).toMatchObject({
      kind: "failed",
      code: "ADDRESS_REFUSED",
      detail: expect.stringContaining("allowPrivate"),
    });
    await destination.close();
  });

  it("but those that it allows, by range", async () => {
    const server = await target();
    for (const [allowPrivate, kind] of [
      [["127.0.0.0/8"], "delivered"],
      [["127.0.0.1"], "delivered"],
      [["10.0.0.0/8"], "failed"],
      [[], "failed"],
    ] as const) {
      const destination = openHttp({ url: server.url, allowPrivate }, contextOf());
      expect((await sender(destination)()).kind).toBe(kind);
      await destination.close();
    }
    await server.end();
  });
});
