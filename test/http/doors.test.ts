/** What is answered before a source judges, and how connections go on, over a real socket. */
import { createHmac, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { expectRefusal, jobIdOf, openAnswering } from "../support/answering.ts";
import { beside } from "../support/kept.ts";
import { requestBytes, wire } from "../support/raw-http.ts";
import { stripeEvent } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const { close, eventOf, gateway, send, sendStripe, sendToken, sink } = await openAnswering();

afterAll(close);

describe("what is refused at the door", () => {
  test("404 for a path that no source has", async () => {
    expectRefusal(await send({ path: "/nowhere?x=/stripe", body: "{}" }), 404, "UNKNOWN_PROVIDER");
    expectRefusal(await send({ path: "/Stripe", body: "{}" }), 404, "UNKNOWN_PROVIDER");
  });

  test.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])(
    "405 with Allow for %s",
    async (method) => {
      const answer = await send({ method, path: "/stripe" });
      expectRefusal(answer, 405, "METHOD_NOT_ALLOWED");
      expect(answer.headers["allow"]).toBe("POST");
    },
  );

  test("413 by the length that is declared, without a byte of the body", async () => {
    const line = await wire(gateway.port);
    line.send(requestBytes({ path: "/stripe", headers: { "Content-Length": "100001" } }));
    expectRefusal(await line.answer(), 413, "BODY_TOO_LARGE");
    await line.closed;
  });

  test("413 for a chunked body once it is over the limit", async () => {
    const line = await wire(gateway.port);
    line.send(requestBytes({ path: "/stripe", headers: { "Transfer-Encoding": "chunked" } }));
    const chunk = `2710\r\n${"x".repeat(10_000)}\r\n`;
    for (let sent = 0; sent <= 100_000; sent += 10_000) line.send(chunk);
    expectRefusal(await line.answer(), 413, "BODY_TOO_LARGE");
    await line.closed;
  });

  test("a body of exactly the limit passes", async () => {
    const event = stripeEvent({ bytes: 100_000 });
    expect(Buffer.byteLength(event.body)).toBe(100_000);
    expect((await sendStripe(event)).status).toBe(200);
  });

  test("415 for an encoding that nobody reads", async () => {
    const { headers, body } = stripeEvent();
    const encoded = { ...headers, "Content-Encoding": "pkzip" };
    expectRefusal(
      await send({ path: "/stripe", headers: encoded, body }),
      415,
      "UNSUPPORTED_ENCODING",
    );
  });

  test("503 for a source that is off", async () => {
    expectRefusal(await sendStripe(stripeEvent(), "/off"), 503, "SOURCE_OFF");
  });
});

describe("what is no request", () => {
  test("400 for what isn't HTTP, and the connection is closed", async () => {
    for (const bytes of [
      "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n",
      "HELO there\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "POST /stripe HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST /stripe HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    ]) {
      const line = await wire(gateway.port);
      line.send(Buffer.from(bytes, "latin1"));
      const answer = await line.answer();
      expectRefusal(answer, 400, "BAD_REQUEST");
      expect(answer.headers["connection"]).toBe("close");
      await line.closed;
    }
  });

  const tooLarge: readonly (readonly [string, string])[] = [
    ["over 64 KiB", `X-Large: ${"x".repeat(70_000)}\r\n`],
    ["over 1,000 lines", "x: y\r\n".repeat(1_001)],
  ];
  test.each(tooLarge)("431 for headers %s, which the answer tells", async (limit, lines) => {
    const line = await wire(gateway.port);
    line.send(`POST /stripe HTTP/1.1\r\nHost: gateway.test\r\n${lines}\r\n`);
    const answer = await line.answer();
    expectRefusal(answer, 431, "HEADERS_TOO_LARGE");
    expect(JSON.parse(answer.body).error).toContain(limit);
    expect(answer.headers["connection"]).toBe("close");
    await line.closed;
  });

  test("1,000 lines of headers are taken, the signature as the last", async () => {
    const { id, headers, body } = stripeEvent();
    const [[name, value] = ["", ""]] = Object.entries(headers).filter(([one]) =>
      /^stripe-signature$/i.test(one),
    );
    const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    const line = await wire(gateway.port);
    line.send(
      `POST /stripe HTTP/1.1\r\nHost: gateway.test\r\n${length}${"x: y\r\n".repeat(997)}`,
      `${name}: ${value}\r\n\r\n${body}`,
    );
    expect(JSON.parse((await line.answer()).body).eventId).toBe(id);
    line.end();
  });

  test.each(["/stripe", "/health/live"])(
    "400 for HTTP/1.1 without a Host at %s, and the connection is closed",
    async (path) => {
      const line = await wire(gateway.port);
      line.send(`POST ${path} HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}`);
      const answer = await line.answer();
      expectRefusal(answer, 400, "BAD_REQUEST");
      expect(answer.headers["connection"]).toBe("close");
      await line.closed;
    },
  );

  test("HTTP/1.0 needs no Host", async () => {
    const line = await wire(gateway.port);
    line.send("POST /stripe HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}");
    expectRefusal(await line.answer(), 401, "MISSING_SIGNATURE");
    await line.closed;
  });
});

describe("a target that names the host too", () => {
  test.each(["http://gateway.test", "HTTPS://other.test:8443"])(
    "%s/… is its path",
    async (prefix) => {
      const { id, headers, body } = stripeEvent();
      const answer = await send({ path: `${prefix}/stripe`, headers, body });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body).eventId).toBe(id);
      const event = await eventOf(jobIdOf(answer));
      await beside(gateway.store, async (engine) => {
        expect((await engine.request(event.requestId))?.path).toBe("/stripe");
      });
    },
  );

  test("also of health, and where it has no path", async () => {
    const health = await send({ method: "GET", path: "http://gateway.test/health/live?x=1" });
    expect(health.status).toBe(200);
    for (const path of ["http://gateway.test", "http://gateway.test?a=/stripe"]) {
      expectRefusal(await send({ path, body: "{}" }), 404, "UNKNOWN_PROVIDER");
    }
  });
});

describe("Expect", () => {
  test("of anything else is 417, whatever its path, and the connection is closed", async () => {
    for (const path of ["/stripe", "/health/live"]) {
      const { headers, body } = stripeEvent();
      const line = await wire(gateway.port);
      line.send(requestBytes({ path, headers: { ...headers, Expect: "banana" }, body }));
      const answer = await line.answer();
      expectRefusal(answer, 417, "EXPECTATION_FAILED");
      expect(answer.headers["connection"]).toBe("close");
      await line.closed;
    }
  });
});

describe("Expect: 100-continue", () => {
  const expecting = { Expect: "100-continue" };

  test("is told to go on only when the body is wanted", async () => {
    const { headers, body } = stripeEvent();
    const line = await wire(gateway.port);
    const length = { "Content-Length": String(Buffer.byteLength(body)) };
    line.send(requestBytes({ path: "/stripe", headers: { ...headers, ...expecting, ...length } }));
    expect((await line.answer()).status).toBe(100);
    line.send(body);
    expect((await line.answer()).status).toBe(200);
    line.end();
  });

  test.each([
    ["/nowhere", 404, "10"],
    ["/stripe", 413, "100001"],
    ["/off", 503, "10"],
  ])("at %s is refused %i without its body", async (path, status, length) => {
    const line = await wire(gateway.port);
    line.send(requestBytes({ path, headers: { ...expecting, "Content-Length": length } }));
    expect((await line.answer()).status).toBe(status);
    await line.closed;
    expect(line.left()).toBe("");
  });
});

describe("a compressed body", () => {
  const gzip = { "Content-Encoding": "gzip" };

  test("is verified and kept as it was sent where the provider doesn't say otherwise", async () => {
    const body = gzipSync('{"id":"evt_in_gzip"}');
    const signature = createHmac("sha256", "secret of tenant a").update(body).digest("hex");
    const headers = { ...gzip, "x-signature": signature, "x-id": randomUUID() };
    const kept = await eventOf(jobIdOf(await send({ path: "/tenants/a/in", headers, body })));
    expect(kept.bytes.equals(body)).toBe(true);
  });

  test("is decoded for the event where the provider's senders compress, and kept as it was sent", async () => {
    const text = `{"id":"${randomUUID()}","type":"packed"}`;
    const body = gzipSync(text);
    const answer = await sendToken("/compressed", body, gzip);
    expect(answer.status).toBe(200);
    const jobId = jobIdOf(answer);
    expect(JSON.parse(answer.body).eventId).toBe(JSON.parse(text).id);
    await beside(gateway.store, async (engine) => {
      const event = await engine.event(jobId);
      expect(event?.type).toBe("packed");
      expect((await engine.body(event?.requestId ?? ""))?.equals(body)).toBe(true);
    });
    const { headers, body: arrived } = await until("its delivery", () =>
      sink.arrivals.find(({ eventId }) => eventId === jobId),
    );
    // What arrives can be read: as it was sent with its encoding, or decoded without.
    const isEncoded = headers["content-encoding"] === "gzip";
    expect(arrived?.equals(isEncoded ? body : Buffer.from(text))).toBe(true);
  });

  test("that decodes to more than the limit is 413", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    expectRefusal(await sendToken("/compressed", bomb, gzip), 413, "BODY_TOO_LARGE");
  });

  test("that is damaged is kept as it came", async () => {
    const answer = await sendToken("/compressed", "not gzip at all", gzip);
    expect((await eventOf(jobIdOf(answer))).type).toBe("unknown");
  });
});

describe("a connection", () => {
  test("answers pipelined requests in order", async () => {
    const events = Array.from({ length: 20 }, () => stripeEvent());
    const line = await wire(gateway.port);
    line.send(
      Buffer.concat(
        events.map(({ headers, body }) => requestBytes({ path: "/stripe", headers, body })),
      ),
    );
    for (const { id } of events) expect(JSON.parse((await line.answer()).body).eventId).toBe(id);
    line.end();
  });

  test("goes on after a request that was refused once it was read", async () => {
    const { headers, body } = stripeEvent();
    const line = await wire(gateway.port);
    line.send(requestBytes({ path: "/stripe", body }));
    expect((await line.answer()).status).toBe(401);
    line.send(requestBytes({ path: "/stripe", headers, body }));
    expect((await line.answer()).status).toBe(200);
    line.end();
  });

  test("takes a body in many small pieces", async () => {
    const { id, headers, body } = stripeEvent({ bytes: 3_000 });
    const line = await wire(gateway.port);
    line.send(
      requestBytes({ path: "/stripe", headers: { ...headers, "Transfer-Encoding": "chunked" } }),
    );
    for (const piece of Buffer.from(body)
      .toString("latin1")
      .match(/.{1,50}/gs) ?? []) {
      line.send(`${piece.length.toString(16)}\r\n`, Buffer.from(piece, "latin1"), "\r\n");
    }
    line.send("0\r\n\r\n");
    expect(JSON.parse((await line.answer()).body).eventId).toBe(id);
    line.end();
  });
});

describe("health", () => {
  test.each(["/health/live", "/health/ready", "/webhooks/health"])(
    "%s answers GET and HEAD",
    async (path) => {
      const got = await send({ method: "GET", path });
      expect(got.status).toBe(200);
      expect(JSON.parse(got.body).status).toBeTypeOf("string");
      const line = await wire(gateway.port);
      line.send(requestBytes({ method: "HEAD", path }));
      const { status, headers } = await line.answer({ bodyless: true });
      expect([status, headers["content-length"]]).toEqual([200, String(got.body.length)]);
      expect(line.left()).toBe("");
      line.end();
    },
  );

  test.each(["/health/live", "/health/ready", "/webhooks/health"])(
    "%s takes no other method, and says which",
    async (path) => {
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        const { status, headers, body } = await send({ method, path, body: "{}" });
        expect([status, headers["allow"]]).toEqual([405, "GET, HEAD"]);
        expect(JSON.parse(body.toString()).code).toBe("METHOD_NOT_ALLOWED");
      }
    },
  );
});
