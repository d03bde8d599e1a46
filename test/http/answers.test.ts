/** Each line of the table of answers for what reaches a source, over a real socket. */
import { createHmac, randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { expectRefusal, jobIdOf, openAnswering, token, uuid } from "../support/answering.ts";
import { allDeliveries, allEvents, allRequests, beside } from "../support/kept.ts";
import { type RawAnswer, requestBytes, wire } from "../support/raw-http.ts";
import { signStripe, stripeEvent } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const { close, eventOf, gateway, send, sendStripe, sendToken, sink } = await openAnswering();

afterAll(close);

describe("an event that is stored", () => {
  test("is answered 200 with the sender's id and ours, and kept and delivered byte for byte", async () => {
    const event = stripeEvent();
    const answer = await sendStripe(event);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json");
    const jobId = jobIdOf(answer);
    expect(answer.body).toBe(`{"received":true,"eventId":"${event.id}","jobId":"${jobId}"}`);
    const kept = await eventOf(jobId);
    expect(kept).toMatchObject({ source: "stripe", type: "payment_intent.succeeded" });
    expect(kept.assurance).toBe("verified");
    expect(kept.bytes.toString("utf8")).toBe(event.body);
    const arrival = await until("its delivery", () =>
      sink.arrivals.find(({ eventId }) => eventId === jobId),
    );
    expect(arrival.body?.toString("utf8")).toBe(event.body);
    expect(sink.faults).toEqual([]);
  });

  test("as a duplicate gets the very same answer, leaves a receipt, and isn't delivered again", async () => {
    const event = stripeEvent();
    const first = await sendStripe(event);
    const second = await sendStripe(event);
    expect(second.status).toBe(200);
    expect(second.body).toBe(first.body);
    const jobId = jobIdOf(first);
    await beside(gateway.store, async (engine) => {
      const requests = await allRequests(engine);
      const mine = requests.filter(({ eventIds }) => eventIds.includes(jobId));
      expect(mine.map(({ outcome }) => outcome)).toEqual(["accepted", "duplicate"]);
      const deliveries = await allDeliveries(engine);
      expect(deliveries.filter(({ eventId }) => eventId === jobId)).toHaveLength(1);
    });
  });

  test("that comes twenty times at once is stored once, and each is answered the same", async () => {
    const event = stripeEvent();
    const answers = await Promise.all(Array.from({ length: 20 }, () => sendStripe(event)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    const jobId = jobIdOf(answers[0] as RawAnswer);
    await beside(gateway.store, async (engine) => {
      expect(await allEvents(engine, { providerEventId: event.id })).toHaveLength(1);
      const deliveries = await allDeliveries(engine);
      expect(deliveries.filter(({ eventId }) => eventId === jobId)).toHaveLength(1);
    });
  });

  test("of a known key with another body gets the first one's answer, and is kept as a conflict", async () => {
    const first = stripeEvent({ note: "the first" });
    const other = stripeEvent({ id: first.id, note: "the other" });
    const answers = [await sendStripe(first), await sendStripe(other)];
    expect(answers[1]?.status).toBe(200);
    expect(answers[1]?.body).toBe(answers[0]?.body);
    await beside(gateway.store, async (engine) => {
      const conflicts = await allRequests(engine, { outcome: "conflict" });
      expect(conflicts).toHaveLength(1);
      const body = await engine.body(conflicts[0]?.id ?? "");
      expect(body?.toString("utf8")).toBe(other.body);
      expect(await allEvents(engine, { providerEventId: first.id })).toHaveLength(1);
    });
  });

  test("is 200 where it is verified and can't be parsed: type unknown, our id in place of the sender's", async () => {
    const body = "\u0000 not JSON, \ud83d\ude00";
    const answer = await send({
      path: "/stripe",
      headers: { "Stripe-Signature": signStripe(body) },
      body,
    });
    expect(answer.status).toBe(200);
    const jobId = jobIdOf(answer);
    expect(answer.body).toBe(`{"received":true,"eventId":"${jobId}","jobId":"${jobId}"}`);
    const kept = await eventOf(jobId);
    expect(kept.type).toBe("unknown");
    expect(kept.bytes.toString("utf8")).toBe(body);
  });

  test("is 200 and kept where no route leads on", async () => {
    const answer = await sendStripe(stripeEvent(), "/unrouted");
    expect(answer.status).toBe(200);
    const jobId = jobIdOf(answer);
    await beside(gateway.store, async (engine) => {
      expect(await engine.event(jobId)).toBeDefined();
      expect((await engine.deliveries({ eventId: jobId }, { limit: 10 })).items).toEqual([]);
    });
  });

  test("fits under any of two live secrets, and says under which", async () => {
    const event = stripeEvent({ secret: "whsec_the_next_one" });
    const kept = await eventOf(jobIdOf(await sendStripe(event)));
    expect(kept.secretName).toBe("T_STRIPE_NEXT");
  });
});

describe("a provider's own wishes", () => {
  test("a handshake is answered as asked and nothing is kept", async () => {
    const before = await beside(gateway.store, (engine) => engine.counts());
    const answer = await send({ method: "GET", path: "/challenging?challenge=h%C3%A9llo" });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/plain");
    expect(answer.body).toBe("héllo");
    const posted = await send({ path: "/challenging?challenge=42", body: "{}" });
    expect(posted.body).toBe("42");
    expect((await beside(gateway.store, (engine) => engine.counts())).requests).toEqual(
      before.requests,
    );
  });

  test("a GET that is no handshake is 405, even with a credential that fits", async () => {
    const answer = await send({
      method: "GET",
      path: "/challenging",
      headers: { "X-Test-Token": token },
    });
    expectRefusal(answer, 405, "METHOD_NOT_ALLOWED");
    expect(answer.headers["allow"]).toBe("POST, GET");
  });

  test("a batch is answered with each event's ids; a repeat of some of them with the same ones", async () => {
    const names = [randomUUID(), randomUUID(), randomUUID()];
    const lines = names.map((id) => `{"id":"${id}","type":"line","note":"ü"}`);
    const answer = await sendToken("/batches", lines.slice(0, 2).join("\n"));
    expect(answer.status).toBe(200);
    const { received, events } = JSON.parse(answer.body);
    expect(received).toBe(true);
    expect(events.map(({ eventId }: { eventId: string }) => eventId)).toEqual(names.slice(0, 2));
    expect((await eventOf(events[1].jobId)).bytes.toString("utf8")).toBe(lines[1]);
    const more = JSON.parse((await sendToken("/batches", lines.join("\n"))).body);
    expect(more.events.slice(0, 2)).toEqual(events);
    expect(more.events[2]).toEqual({ eventId: names[2], jobId: expect.stringMatching(uuid) });
    const arrived = await until("each line's delivery", () => {
      const ids = more.events.map(({ jobId }: { jobId: string }) => jobId);
      const mine = sink.arrivals.filter(({ eventId }) => ids.includes(eventId));
      return mine.length === 3 && mine;
    });
    expect(arrived.map(({ body }) => body?.toString("utf8")).sort()).toEqual(lines.toSorted());
  });

  test("an empty batch is answered and kept without events", async () => {
    const answer = await sendToken("/batches", "\n\n");
    expect([answer.status, answer.body]).toEqual([200, '{"received":true,"events":[]}']);
  });

  test("a fixed answer is given exactly, for duplicates too", async () => {
    const body = `{"id":"${randomUUID()}"}`;
    for (let time = 0; time < 2; time += 1) {
      const answer = await sendToken("/bracketed", body);
      expect([answer.status, answer.body]).toEqual([200, "[accepted]"]);
      expect(answer.headers["content-type"]).toBe("text/plain");
    }
  });

  test("a 204 has neither body nor length, and the connection goes on", async () => {
    const line = await wire(gateway.port);
    for (let time = 0; time < 2; time += 1) {
      const body = `{"id":"${randomUUID()}"}`;
      line.send(requestBytes({ path: "/silent", headers: { "X-Test-Token": token }, body }));
      const answer = await line.answer();
      expect(answer.status).toBe(204);
      expect(answer.headers["content-length"]).toBeUndefined();
    }
    expect(line.left()).toBe("");
    line.end();
  });

  test("another status for refused requests is given", async () => {
    const answer = await sendToken("/strict", "{}", { "X-Test-Token": "wrong" });
    expectRefusal(answer, 403, "VERIFICATION_FAILED");
  });
});

describe("a request that can't be verified is 401 and says why by a code", () => {
  const now = Math.floor(Date.now() / 1000);
  const body = '{"id":"evt_1","type":"ping"}';
  const at = (seconds: number) => signStripe(body, { at: seconds });
  test.each<[code: string, headers: Record<string, string>]>([
    ["INVALID_SIGNATURE", { "Stripe-Signature": signStripe(`${body} `) }],
    ["INVALID_SIGNATURE", { "Stripe-Signature": signStripe(body, { secret: "whsec_other" }) }],
    ["MISSING_SIGNATURE", {}],
    ["INVALID_FORMAT", { "Stripe-Signature": "t=soon,v1=zz" }],
    ["TIMESTAMP_TOO_OLD", { "Stripe-Signature": at(now - 3_600) }],
    ["TIMESTAMP_IN_FUTURE", { "Stripe-Signature": at(now + 3_600) }],
  ])("%s", async (code, headers) => {
    const answer = await send({ path: "/stripe", headers, body });
    expectRefusal(answer, 401, code);
    expect(JSON.parse(answer.body).error).toBe("Webhook verification failed");
  });

  test("VERIFICATION_FAILED", async () => {
    const answer = await sendToken("/batches", "{}", { "X-Test-Token": "wrong" });
    expectRefusal(answer, 401, "VERIFICATION_FAILED");
  });
});

describe("sources that share a path", () => {
  const sign = (body: string, key = token) => createHmac("sha256", key).update(body).digest("hex");

  test("are picked by the header that each signs with", async () => {
    const body = `{"id":"${randomUUID()}","type":"x"}`;
    const answer = await send({ path: "/shared", headers: { "x-signature": sign(body) }, body });
    expect((await eventOf(jobIdOf(answer))).source).toBe("sharedHmac");
    const event = await eventOf(jobIdOf(await sendStripe(stripeEvent(), "/shared")));
    expect(event.source).toBe("sharedStripe");
  });

  test("with both headers the first in the config alone judges", async () => {
    const body = `{"id":"${randomUUID()}"}`;
    const headers = { "x-signature": sign(body), "stripe-signature": "t=1,v1=00" };
    expect((await send({ path: "/shared", headers, body })).status).toBe(401);
  });

  test("with neither it is MISSING_SIGNATURE", async () => {
    expectRefusal(await send({ path: "/shared", body: "{}" }), 401, "MISSING_SIGNATURE");
  });
});

describe("a path with parameters", () => {
  const post = (tenant: string, key: string, id: string) => {
    const body = '{"type":"thing"}';
    const signature = createHmac("sha256", key).update(body).digest("hex");
    const headers = { "x-signature": signature, "x-id": id };
    return send({ path: `/tenants/${tenant}/in`, headers, body });
  };

  test("has secrets by parameter, and two tenants' events of one id are two", async () => {
    const id = randomUUID();
    const first = await eventOf(jobIdOf(await post("a", "secret of tenant a", id)));
    const second = await eventOf(jobIdOf(await post("b", "secret of tenant b", id)));
    expect(first.params).toEqual({ tenant: "a" });
    expect(second.params).toEqual({ tenant: "b" });
    expect(second.id).not.toBe(first.id);
  });

  test("refuses one tenant's secret at another, and doesn't know a stranger", async () => {
    expectRefusal(await post("a", "secret of tenant b", randomUUID()), 401, "INVALID_SIGNATURE");
    expectRefusal(await post("c", "secret of tenant a", randomUUID()), 404, "UNKNOWN_PROVIDER");
    for (const path of ["/tenants//in", "/tenants/a/in/", "/tenants/%ZZ/in", "/tenants/a"]) {
      expectRefusal(await send({ path, body: "{}" }), 404, "UNKNOWN_PROVIDER");
    }
  });
});
