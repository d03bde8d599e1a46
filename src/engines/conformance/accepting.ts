import { expect } from "vitest";
import type { Acceptance } from "../../core/engine.ts";
import { keptAnswers } from "./answers.ts";
import { again, anAcceptance, binary, eventOf, newId, start } from "./builders.ts";
import { anAnswer, deliveriesOf, type Group, type Groups, onlyDelivery } from "./world.ts";

/** What is accepted: the request, its events and deliveries, its bytes, its answer. */
export const acceptanceGroups: Groups = [
  ["an acceptance", acceptances],
  ["an invalid event", invalidEvents],
  ["bytes and headers", bytesAndHeaders],
  ["an answer", answers],
  ["an answer of a source's module", keptAnswers],
];

function acceptances({ behaviour }: Group): void {
  behaviour("is stored with its request, event and deliveries", async ({ engine }) => {
    const wanted = anAcceptance({ to: ["crm", "screens"], key: "id:1" });
    const event = eventOf(wanted);
    const { events, answer, conflict } = await engine.accept(wanted);
    expect(events).toEqual([
      { kind: "stored", id: event.id, providerEventId: "1", validity: "valid" },
    ]);
    expect({ answer, conflict }).toEqual({ answer: undefined, conflict: false });
    const { body, ...request } = wanted.request;
    expect(await engine.request(request.id)).toMatchObject({
      ...request,
      outcome: "accepted",
      assurance: "verified",
      bodyBytes: body.length,
      eventIds: [event.id],
    });
    expect(await engine.event(event.id)).toEqual(event);
    expect((await deliveriesOf(engine, event.id)).map(({ destination }) => destination)).toEqual([
      "crm",
      "screens",
    ]);
  });
  behaviour("makes deliveries that are ready and due at once", async ({ engine, clock }) => {
    const wanted = anAcceptance();
    await engine.accept(wanted);
    const delivery = await onlyDelivery(engine, wanted);
    expect(delivery).toMatchObject({ state: "ready", origin: "route", attempts: 0 });
    expect(delivery).toMatchObject({ createdAt: clock.now, dueAt: clock.now });
    expect(delivery).toMatchObject({ eventId: eventOf(wanted).id, destination: "crm" });
    const { firstAttemptAt, settledAt, reason, laneKey, held } = delivery;
    expect([firstAttemptAt, settledAt, reason, laneKey, held]).toEqual(Array(5).fill(undefined));
    expect(await engine.delivery(delivery.id)).toEqual(delivery);
  });
  behaviour("keeps every field of its event", async ({ engine }) => {
    const full = { providerEventId: "evt_1", occurredAt: start - 5_000, end: 9, start: 2 };
    const wanted = anAcceptance({
      params: { tenant: "acme" },
      event: { ...full, assurance: "unsigned", secretName: undefined, validity: "invalid" },
    });
    const { events } = await engine.accept(wanted);
    expect(events[0]).toMatchObject({ providerEventId: "evt_1", validity: "invalid" });
    expect(await engine.event(eventOf(wanted).id)).toEqual(eventOf(wanted));
  });
  behaviour("may owe nothing to anybody, and may tell no event", async ({ engine }) => {
    const owesNothing = anAcceptance({ to: [] });
    const tellsNothing: Acceptance = { ...anAcceptance(), events: [] };
    await engine.accept(owesNothing);
    expect(await engine.accept(tellsNothing)).toMatchObject({ events: [], conflict: false });
    expect(await deliveriesOf(engine, eventOf(owesNothing).id)).toEqual([]);
    expect(await engine.request(tellsNothing.request.id)).toMatchObject({
      outcome: "accepted",
      eventIds: [],
    });
  });
  behaviour("keeps a delivery's lane", async ({ engine }) => {
    const plain = anAcceptance();
    const [only] = plain.events;
    if (only === undefined) throw new Error("an acceptance without event");
    const deliveries = [{ destination: "crm", laneKey: "customer 7" }];
    await engine.accept({ ...plain, events: [{ ...only, deliveries }] });
    expect(await onlyDelivery(engine, plain)).toMatchObject({ laneKey: "customer 7" });
  });
  behaviour("yields nothing for ids that are not there", async ({ engine }) => {
    const id = newId();
    const found = [engine.event(id), engine.request(id), engine.body(id), engine.delivery(id)];
    expect(await Promise.all(found)).toEqual(Array(4).fill(undefined));
    expect(await engine.attempts(id)).toEqual([]);
  });
}

function invalidEvents({ behaviour }: Group): void {
  behaviour("keeps with its request why an event is invalid", async ({ engine }) => {
    const note = { code: "VALIDATION_ERROR", detail: "data.amount: a number is wanted" } as const;
    const wanted: Acceptance = {
      ...anAcceptance({ event: { validity: "invalid" }, to: [] }),
      note,
    };
    await engine.accept(wanted);
    expect(await engine.request(wanted.request.id)).toMatchObject({ outcome: "accepted", ...note });
  });
  behaviour("tells of a released request why its event is invalid", async ({ engine }) => {
    const note = { code: "VALIDATION_ERROR", detail: "data.amount: a number is wanted" } as const;
    const wanted: Acceptance = {
      ...anAcceptance({ event: { validity: "invalid" }, to: [] }),
      note,
    };
    const { request } = wanted;
    await engine.reject({ request, code: "INVALID_SIGNATURE", detail: "no secret fits" });
    await engine.release(wanted);
    expect(await engine.request(request.id)).toMatchObject({ outcome: "released", ...note });
  });
}

function bytesAndHeaders({ behaviour }: Group): void {
  const bodies = {
    "an empty body": Buffer.alloc(0),
    "a body of all 256 byte values": binary(256),
    "a binary body of 1 MiB": binary(1_048_576),
    "a body that is not UTF-8": Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
    "a body with a byte order mark and line breaks": Buffer.from("\ufeff{\r\n}\n", "utf8"),
  };
  for (const [what, body] of Object.entries(bodies)) {
    behaviour(`${what} is kept byte for byte`, async ({ engine }) => {
      const wanted = anAcceptance({ body });
      await engine.accept(wanted);
      expect((await engine.body(wanted.request.id))?.equals(body)).toBe(true);
      expect((await engine.request(wanted.request.id))?.bodyBytes).toBe(body.length);
    });
  }
  behaviour("a body is kept as it was, whatever its buffer holds later", async ({ engine }) => {
    const whole = Buffer.from("before|the body|after");
    const wanted = anAcceptance({ body: whole.subarray(7, 15) });
    await engine.accept(wanted);
    whole.fill(0);
    expect(String(await engine.body(wanted.request.id))).toBe("the body");
  });
  behaviour("headers keep spelling, order, repeats and any character", async ({ engine }) => {
    const headers = ["X-Odd-cASING", "1", "x-latin", "caf\u00e9", "X-Far", "日本 ☕ 😀"];
    const odd = [...headers, "Set", "a", "set", "b", "Set", "a", "x-empty", "", "x-quote", `'";\\`];
    const wanted = anAcceptance({ headers: odd });
    await engine.accept(wanted);
    expect((await engine.request(wanted.request.id))?.headers).toEqual(odd);
  });
  behaviour("parameters, query, path and method are kept as they came", async ({ engine }) => {
    const request = {
      params: { tenant: 'Zoë\'s "shop"', region: "日本" },
      query: "a=1&b=%20&b=2&&c",
      path: "/webhooks/Zo%C3%AB/%2F",
      method: "PUT",
      remoteAddress: "2001:db8::1",
      headers: [],
    };
    const wanted = anAcceptance(request);
    await engine.accept(wanted);
    expect(await engine.request(wanted.request.id)).toMatchObject(request);
    expect((await engine.event(eventOf(wanted).id))?.params).toEqual(request.params);
  });
}

function answers({ behaviour }: Group): void {
  behaviour("that is kept with an acceptance returns to duplicates", async ({ engine, reopen }) => {
    const answer = { ...anAnswer("pong ☕"), contentType: "text/plain", headers: { "X-A": "é" } };
    const first = anAcceptance({ key: "id:1", answer });
    await engine.accept(first);
    const later = await reopen();
    expect((await later.accept(again(first))).answer).toEqual(answer);
  });
  behaviour("that is given later returns to duplicates", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    expect((await engine.accept(again(first))).answer).toBeUndefined();
    await engine.answer(first.request.id, anAnswer("late"));
    expect((await engine.accept(again(first))).answer).toEqual(anAnswer("late"));
  });
  behaviour("that is given later returns to a repeat of the same event id", async ({ engine }) => {
    const wanted = anAcceptance();
    await engine.accept(wanted);
    await engine.answer(wanted.request.id, anAnswer("late"));
    expect((await engine.accept(wanted)).answer).toEqual(anAnswer("late"));
  });
  behaviour("of a duplicate is never its own", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1", answer: anAnswer("first") });
    await engine.accept(first);
    const second = again({ ...first, answer: anAnswer("second") });
    expect((await engine.accept(second)).answer).toEqual(anAnswer("first"));
    expect((await engine.accept(again(first))).answer).toEqual(anAnswer("first"));
  });
}
