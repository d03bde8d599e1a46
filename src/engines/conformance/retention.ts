import { expect } from "vitest";
import type { Claim } from "../../core/engine.ts";
import {
  aBatch,
  again,
  all,
  anAcceptance,
  aRejection,
  delivered,
  eventOf,
  start,
} from "./builders.ts";
import {
  dayMs,
  type Group,
  type Groups,
  kindOf,
  minuteMs,
  onlyClaim,
  pruneAll,
  rejected,
} from "./world.ts";

/** What is pruned, and what never is. */
export const retentionGroups: Groups = [
  ["retention", retentions],
  ["retention in bites", retentionBites],
  ["retention and repeats", retentionOfKeys],
];

function retentions({ claiming }: Group): void {
  claiming("removes what is old and settled, and says how much", async ({ engine, clock }) => {
    const old = anAcceptance({ key: "k", expiresAt: start + minuteMs });
    await engine.accept(old);
    const claim = await onlyClaim(engine);
    await engine.settle(delivered(claim, clock.now));
    await engine.reject(aRejection());
    clock.now = start + 10 * dayMs;
    const young = anAcceptance({ at: clock.now });
    await engine.accept(young);
    expect(await pruneAll(engine, clock.now - dayMs)).toBeGreaterThan(0);
    const { id } = eventOf(old);
    const { request } = old;
    expect(await Promise.all([engine.event(id), engine.request(request.id)])).toEqual([
      undefined,
      undefined,
    ]);
    expect(await engine.body(request.id)).toBeUndefined();
    expect(await engine.delivery(claim.deliveryId)).toBeUndefined();
    expect(await engine.attempts(claim.deliveryId)).toEqual([]);
    expect(await engine.event(eventOf(young).id)).toEqual(eventOf(young));
    expect(await engine.counts()).toMatchObject({
      requests: { accepted: 1, rejected: 0 },
      events: 1,
      deliveries: { ready: 1, delivered: 0 },
    });
    expect(await engine.replay([{ eventId: id, destination: "crm" }])).toBe(0);
  });
  claiming("never takes what still waits", async ({ engine, clock }) => {
    const half = anAcceptance({ to: ["crm", "screens"], body: "half" });
    const batch = aBatch([
      { text: "1", to: ["crm"] },
      { text: "2", to: ["later"] },
    ]);
    await engine.accept(half);
    await engine.accept(batch);
    const [one, two] = await engine.claim("crm", all);
    await engine.settle(delivered(one as Claim, clock.now));
    await engine.settle(delivered(two as Claim, clock.now));
    const [leased] = await engine.claim("screens", { ...all, leaseMs: 100 * dayMs });
    clock.now = start + 50 * dayMs;
    await pruneAll(engine, clock.now);
    expect(await engine.event(eventOf(half).id)).toEqual(eventOf(half));
    expect(await engine.delivery(leased?.deliveryId ?? "")).toMatchObject({ state: "leased" });
    expect(await engine.settle(delivered(leased as Claim, clock.now))).toBe("settled");
    expect(String((await onlyClaim(engine, "later")).body)).toBe("2");
    expect(String(await engine.body(batch.request.id))).toBe("[1,2]");
  });
}

function retentionBites({ behaviour }: Group): void {
  behaviour("takes no more requests at once than it may", async ({ engine, clock }) => {
    for (let n = 0; n < 30; n += 1) await engine.accept(anAcceptance({ to: [] }));
    clock.now = start + 10 * dayMs;
    expect(await engine.prune({ before: clock.now, limit: 10 })).toBeGreaterThan(0);
    const { requests, events } = await engine.counts();
    expect(Math.min(requests.accepted, events)).toBeGreaterThanOrEqual(20);
    await pruneAll(engine, clock.now);
    expect(await engine.counts()).toMatchObject({ requests: { accepted: 0 }, events: 0 });
  });
  behaviour(
    "takes a request of many events, however small its bites",
    async ({ engine, clock }) => {
      await engine.accept(aBatch(Array.from({ length: 20 }, (_, n) => ({ text: `${n}`, to: [] }))));
      clock.now = start + 10 * dayMs;
      await pruneAll(engine, clock.now, 3);
      expect(await engine.counts()).toMatchObject({ requests: { accepted: 0 }, events: 0 });
    },
  );
  behaviour("has nothing to do in an empty store", async ({ engine, clock }) => {
    expect(await engine.prune({ before: clock.now, limit: 100 })).toBe(0);
  });
}

function retentionOfKeys({ behaviour }: Group): void {
  behaviour("keeps the keys of what it keeps", async ({ engine, clock }) => {
    const waiting = anAcceptance({ key: "waiting", expiresAt: start + 90 * dayMs });
    await engine.accept(waiting);
    clock.now = start + 50 * dayMs;
    const young = anAcceptance({ key: "young", at: clock.now });
    await engine.accept(young);
    await pruneAll(engine, clock.now - dayMs);
    for (const kept of [waiting, young]) {
      const { events } = await engine.accept(again(kept, { at: clock.now }));
      expect(events[0]).toMatchObject({ kind: "duplicate", id: eventOf(kept).id });
    }
  });
  behaviour("removes expired keys of what it keeps", async ({ engine, clock }) => {
    const kept = anAcceptance({ key: "k", expiresAt: start + minuteMs });
    await engine.accept(kept);
    clock.now = start + 2 * minuteMs;
    expect(await pruneAll(engine, start - dayMs)).toBeGreaterThan(0);
    expect(await engine.event(eventOf(kept).id)).toEqual(eventOf(kept));
    expect(await kindOf(engine, anAcceptance({ key: "k", at: clock.now }))).toBe("stored");
  });
  behaviour("makes room for rejections", async ({ engine, clock }) => {
    await rejected(engine);
    await rejected(engine);
    clock.now = start + 10 * dayMs;
    await pruneAll(engine, clock.now - dayMs);
    await rejected(engine, { at: clock.now });
    await rejected(engine, { at: clock.now });
    expect((await engine.counts()).requests.rejected).toBe(2);
  });
  behaviour("leaves receipts readable while their first one stays", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "k", expiresAt: start + 90 * dayMs, body: "first" });
    await engine.accept(first);
    clock.now = start + 50 * dayMs;
    const receipt = again(first, { at: clock.now });
    await engine.accept(receipt);
    await pruneAll(engine, clock.now - dayMs);
    expect(String(await engine.body(receipt.request.id))).toBe("first");
  });
}
