import { expect } from "vitest";
import type { Acceptance } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import {
  aBatch,
  again,
  all,
  anAcceptance,
  binary,
  delivered,
  eventOf,
  newId,
  start,
} from "./builders.ts";
import {
  anAnswer,
  deliveriesOf,
  type Group,
  type Groups,
  kindOf,
  minuteMs,
  onlyClaim,
} from "./world.ts";

/** What is recognised as known: repeats, keys and their time, conflicts, crowds. */
export const dedupeGroups: Groups = [
  ["a duplicate", duplicates],
  ["a dedupe key", dedupeKeys],
  ["the dedupe key", keysOfKinds],
  ["a conflict", conflicts],
  ["accepting the same event id again", repeats],
  ["many acceptances at once", crowds],
];

function duplicates({ behaviour, claiming }: Group): void {
  behaviour("gets the first one's ids and answer", async ({ engine }) => {
    const answer = { status: 202, body: "ok", contentType: "text/plain", headers: { "x-a": "1" } };
    const event = { providerEventId: "evt_1", validity: "invalid" } as const;
    const first = anAcceptance({ key: "id:1", answer, event });
    const original = await engine.accept(first);
    const second = again(first);
    const { events, ...rest } = await engine.accept({ ...second, answer: undefined });
    expect(original).toMatchObject({ answer, conflict: false });
    expect(rest).toEqual({ answer, conflict: false });
    expect(events).toEqual([{ ...event, kind: "duplicate", id: eventOf(first).id }]);
  });
  behaviour("leaves a receipt that reads the first one's body", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "id:1", body: binary(300) });
    await engine.accept(first);
    clock.now += 5;
    const second = again(first, { at: clock.now, headers: ["X-Retry", "1"] });
    await engine.accept(second);
    const receipt = await engine.request(second.request.id);
    expect(receipt).toMatchObject({ outcome: "duplicate", bodyBytes: 300 });
    expect(receipt).toMatchObject({ receivedAt: clock.now, headers: ["X-Retry", "1"] });
    expect(receipt?.eventIds).toEqual([eventOf(first).id]);
    expect((await engine.body(second.request.id))?.equals(binary(300))).toBe(true);
  });
  behaviour("makes no second event and no second delivery", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    const second = again(first);
    await engine.accept(second);
    expect(await engine.event(eventOf(second).id)).toBeUndefined();
    expect(await deliveriesOf(engine, eventOf(second).id)).toEqual([]);
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  claiming("stays one after the first was delivered", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    await engine.settle(delivered(await onlyClaim(engine), clock.now));
    expect(await kindOf(engine, again(first))).toBe("duplicate");
    expect(await engine.claim("crm", all)).toEqual([]);
  });
  behaviour("stays one after a restart", async ({ engine, reopen }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    const later = await reopen();
    const { events } = await later.accept(again(first));
    expect(events[0]).toMatchObject({ kind: "duplicate", id: eventOf(first).id });
  });
}

/** What may bring an event; its key is its id, of a batch that of the last one. */
const kindsOfRequest: Readonly<Record<string, (id: string) => Acceptance>> = {
  "a plain request": (id) => anAcceptance({ key: `id:${id}` }),
  "one with a query": (id) => anAcceptance({ key: `id:${id}`, query: "a=b" }),
  "one that doesn't fit": (id) => anAcceptance({ key: `id:${id}`, event: { validity: "invalid" } }),
  "one with an answer": (id) => anAcceptance({ key: `id:${id}`, answer: anAnswer("ok") }),
  "a batch": (id) => aBatch([{ text: "0" }, { text: "1", key: `id:${id}` }]),
};

function dedupeKeys({ behaviour }: Group): void {
  behaviour("counts until it expires and not after", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "id:1", expiresAt: start + minuteMs });
    await engine.accept(first);
    clock.now = start + minuteMs - 1;
    expect(await kindOf(engine, again(first, { at: clock.now }))).toBe("duplicate");
    clock.now = start + minuteMs + 1;
    const next = anAcceptance({ key: "id:1", at: clock.now });
    expect(await kindOf(engine, next)).toBe("stored");
    expect(await deliveriesOf(engine, eventOf(next).id)).toHaveLength(1);
    const { events } = await engine.accept(again(next));
    expect(events[0]).toMatchObject({ kind: "duplicate", id: eventOf(next).id });
  });
  behaviour("counts whatever else the event is called", async ({ engine }) => {
    const names = ["1", "one", undefined, "1"];
    const kinds: string[] = [];
    for (const providerEventId of names) {
      kinds.push(await kindOf(engine, anAcceptance({ key: "id:1", event: { providerEventId } })));
    }
    expect(kinds).toEqual(["stored", "duplicate", "duplicate", "duplicate"]);
  });
  behaviour("is not prolonged by a duplicate", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "id:1", expiresAt: start + minuteMs });
    await engine.accept(first);
    clock.now += minuteMs / 2;
    await engine.accept(anAcceptance({ key: "id:1", at: clock.now }));
    clock.now += minuteMs;
    expect(await kindOf(engine, anAcceptance({ key: "id:1", at: clock.now }))).toBe("stored");
  });
  behaviour("that is missing makes every event new", async ({ engine }) => {
    const first = anAcceptance();
    const kinds = [await kindOf(engine, first), await kindOf(engine, again(first))];
    expect(kinds).toEqual(["stored", "stored"]);
    expect(await engine.counts()).toMatchObject({ events: 2, deliveries: { ready: 2 } });
  });
  behaviour("counts within its source only", async ({ engine }) => {
    const shop = anAcceptance({ key: "id:1" });
    const kinds = [
      await kindOf(engine, shop),
      await kindOf(engine, again(shop, { source: "other" })),
    ];
    expect(kinds).toEqual(["stored", "stored"]);
  });
  behaviour("is told apart by case, spaces and far characters", async ({ engine }) => {
    const keys = [
      "id:a",
      "id:A",
      "id:a ",
      "id:\u00e4",
      "id:a\u0308",
      "id:😀",
      "id:1",
      "id:01",
      "id:",
    ];
    const kinds: string[] = [];
    for (const key of keys) kinds.push(await kindOf(engine, anAcceptance({ key })));
    expect(kinds).toEqual(keys.map(() => "stored"));
  });
}

function keysOfKinds({ behaviour }: Group): void {
  for (const [first, one] of Object.entries(kindsOfRequest)) {
    for (const [second, other] of Object.entries(kindsOfRequest)) {
      behaviour(`of ${first} is known when ${second} brings it`, async ({ engine }) => {
        const kept = one("1");
        const { events } = await engine.accept(kept);
        expect(events.at(-1)).toMatchObject({ kind: "stored" });
        const again = await engine.accept(other("1"));
        expect(again.events.at(-1)).toMatchObject({
          kind: "duplicate",
          id: kept.events.at(-1)?.event.id,
        });
        expect(await kindOf(engine, anAcceptance({ key: "id:2" }))).toBe("stored");
      });
    }
  }
}

function conflicts({ behaviour }: Group): void {
  behaviour("is flagged, and answered as the first was", async ({ engine }) => {
    const answer = { status: 200, body: "first" };
    const first = anAcceptance({ key: "id:1", answer, body: "one" });
    await engine.accept(first);
    const other = anAcceptance({ key: "id:1", body: "two" });
    const { events, ...rest } = await engine.accept(other);
    expect(rest).toEqual({ answer, conflict: true });
    expect(events[0]).toMatchObject({ kind: "duplicate", id: eventOf(first).id });
  });
  behaviour("is kept with its own bytes and not delivered", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1", body: "one" });
    await engine.accept(first);
    const other = anAcceptance({ key: "id:1", body: "twos" });
    await engine.accept(other);
    const kept = await engine.request(other.request.id);
    expect(kept).toMatchObject({ outcome: "conflict", bodyBytes: 4 });
    expect(String(await engine.body(other.request.id))).toBe("twos");
    expect(String(await engine.body(first.request.id))).toBe("one");
    expect(await deliveriesOf(engine, eventOf(other).id)).toEqual([]);
    expect(await engine.counts()).toMatchObject({
      requests: { accepted: 1, conflict: 1, duplicate: 0 },
      events: 1,
      deliveries: { ready: 1 },
    });
  });
  behaviour("changes nothing for what comes after it", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1", body: "one" });
    await engine.accept(first);
    await engine.accept(anAcceptance({ key: "id:1", body: "two" }));
    expect((await engine.accept(again(first))).conflict).toBe(false);
    expect((await engine.accept(anAcceptance({ key: "id:1", body: "two" }))).conflict).toBe(true);
  });
  behaviour("is seen in bodies of equal length", async ({ engine }) => {
    const [one, two] = [binary(4_096), binary(4_096)];
    two.writeUInt8(one.readUInt8(4_095) ^ 1, 4_095);
    await engine.accept(anAcceptance({ key: "id:1", body: one }));
    expect((await engine.accept(anAcceptance({ key: "id:1", body: two }))).conflict).toBe(true);
  });
}

function repeats({ behaviour, claiming }: Group): void {
  behaviour("says stored and doubles nothing", async ({ engine }) => {
    const wanted = anAcceptance({ key: "id:1", to: ["crm", "screens"], answer: anAnswer("a") });
    const first = await engine.accept(wanted);
    expect(await engine.accept(wanted)).toEqual(first);
    expect(first.events[0]?.kind).toBe("stored");
    expect(await engine.counts()).toMatchObject({
      requests: { accepted: 1, duplicate: 0 },
      events: 1,
      deliveries: { ready: 2 },
    });
  });
  behaviour("needs no dedupe key", async ({ engine }) => {
    const wanted = anAcceptance();
    const first = await engine.accept(wanted);
    expect(await engine.accept(wanted)).toEqual(first);
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  behaviour("is stored once while the first is under way", async ({ engine }) => {
    const wanted = anAcceptance({ key: "id:1" });
    const results = await Promise.all([1, 2, 3].map(() => engine.accept(wanted)));
    expect(results.map(({ events }) => events[0]?.kind)).toEqual(["stored", "stored", "stored"]);
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  claiming("leaves a delivery that went on where it is", async ({ engine, clock }) => {
    const wanted = anAcceptance({ key: "id:1" });
    await engine.accept(wanted);
    await engine.settle(delivered(await onlyClaim(engine), clock.now));
    expect(await kindOf(engine, wanted)).toBe("stored");
    expect(await engine.counts()).toMatchObject({ deliveries: { ready: 0, delivered: 1 } });
  });
  behaviour("holds for a whole batch, and after a restart", async ({ engine, reopen }) => {
    const batch = aBatch([{ text: '{"n":1}', key: "id:1" }, { text: '{"n":2}' }]);
    const first = await engine.accept(batch);
    const later = await reopen();
    expect(await later.accept(batch)).toEqual(first);
    expect(await later.counts()).toMatchObject({ events: 2, deliveries: { ready: 2 } });
  });
}

function crowds({ behaviour }: Group): void {
  behaviour("are each stored", async ({ engine }) => {
    const wanted = Array.from({ length: 300 }, (_, n) => anAcceptance({ key: `id:${n}` }));
    const results = await Promise.all(wanted.map(engine.accept));
    expect(results.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(
      wanted.map((acceptance) => eventOf(acceptance).id),
    );
    expect(await engine.counts()).toMatchObject({ events: 300, deliveries: { ready: 300 } });
  });
  behaviour("with one key store exactly one", async ({ engine }) => {
    const wanted = Array.from({ length: 50 }, () => anAcceptance({ key: "id:1" }));
    const results = await Promise.all(wanted.map(engine.accept));
    const events = results.flatMap((result) => result.events);
    expect(events.filter(({ kind }) => kind === "stored")).toHaveLength(1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
    expect(await engine.counts()).toMatchObject({
      requests: { accepted: 1, duplicate: 49 },
      events: 1,
      deliveries: { ready: 1 },
    });
  });
  behaviour("with one key and several bodies keep every body", async ({ engine }) => {
    const wanted = Array.from({ length: 12 }, (_, n) =>
      anAcceptance({ key: "k", body: `${n % 3}` }),
    );
    await Promise.all(wanted.map(engine.accept));
    const bodies = await Promise.all(wanted.map(({ request }) => engine.body(request.id)));
    expect(bodies.map(String)).toEqual(wanted.map(({ request }) => String(request.body)));
    expect((await engine.counts()).requests).toMatchObject({
      accepted: 1,
      duplicate: 3,
      conflict: 8,
    });
  });
  behaviour("stand by themselves when one of them can't be kept", async ({ engine }) => {
    const taken = anAcceptance();
    await engine.accept(taken);
    const good = Array.from({ length: 20 }, () => anAcceptance());
    const sameRequest = anAcceptance({ id: taken.request.id, event: { id: newId() } });
    const broken = anAcceptance({ to: [undefined as unknown as string] });
    const mixed = [...good.slice(0, 10), sameRequest, broken, ...good.slice(10)];
    const results = await Promise.allSettled(mixed.map(engine.accept));
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result] : []));
    expect(refused.map(({ reason }) => reason instanceof GatewayError)).toEqual([true, true]);
    for (const acceptance of good) {
      expect(await engine.event(eventOf(acceptance).id)).toEqual(eventOf(acceptance));
    }
    expect(await engine.event(eventOf(sameRequest).id)).toBeUndefined();
    expect(await engine.event(eventOf(broken).id)).toBeUndefined();
    expect(await engine.request(broken.request.id)).toBeUndefined();
    expect(await engine.counts()).toMatchObject({ events: 21, deliveries: { ready: 21 } });
  });
}
