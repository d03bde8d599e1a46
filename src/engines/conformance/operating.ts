import { expect } from "vitest";
import type { Claim } from "../../core/engine.ts";
import { all, anAcceptance, delivered, died, eventOf, failed, newId, skipped } from "./builders.ts";
import {
  deliveriesOf,
  type Group,
  type Groups,
  minuteMs,
  onlyClaim,
  onlyDelivery,
} from "./world.ts";

/** What people and the archive do with deliveries. */
export const operationGroups: Groups = [
  ["the archive's list", archiveLists],
  ["a replay", replays],
  ["a cancellation", cancellations],
];

function archiveLists({ claiming }: Group): void {
  claiming("holds the dead until they are archived, oldest first", async ({ engine, clock }) => {
    for (let n = 0; n < 3; n += 1) await engine.accept(anAcceptance());
    await engine.accept(anAcceptance({ to: ["screens"] }));
    const ids: string[] = [];
    for (const claim of await engine.claim("crm", all)) {
      clock.now += 10;
      await engine.settle(died(claim, clock.now));
      ids.push(claim.deliveryId);
    }
    const listed = async (limit: number) => (await engine.unarchived(limit)).map(({ id }) => id);
    expect(await listed(10)).toEqual(ids);
    expect(await listed(2)).toEqual(ids.slice(0, 2));
    expect(await engine.unarchived(1)).toEqual([await engine.delivery(ids[0] as string)]);
    await engine.archived(ids[0] as string);
    await engine.archived(ids[0] as string);
    expect(await listed(10)).toEqual(ids.slice(1));
    expect(await engine.delivery(ids[0] as string)).toMatchObject({ state: "dead" });
  });
  claiming("holds none that ended otherwise", async ({ engine, clock }) => {
    for (let n = 0; n < 3; n += 1) await engine.accept(anAcceptance());
    const [one, two] = await engine.claim("crm", { ...all, limit: 2 });
    await engine.settle(delivered(one as Claim, clock.now));
    await engine.settle(skipped(two as Claim, clock.now));
    expect(await engine.unarchived(10)).toEqual([]);
  });
}

function replays({ behaviour, claiming }: Group): void {
  claiming("makes a new delivery, of delivered events too", async ({ engine, clock }) => {
    const wanted = anAcceptance();
    await engine.accept(wanted);
    const first = await onlyClaim(engine);
    await engine.settle(delivered(first, clock.now));
    clock.now += minuteMs;
    expect(await engine.replay([{ eventId: eventOf(wanted).id, destination: "crm" }])).toBe(1);
    const second = await onlyClaim(engine);
    expect(second.deliveryId).not.toBe(first.deliveryId);
    expect(second).toMatchObject({ attempt: 1, firstAttemptAt: clock.now });
    expect(second.event).toEqual(eventOf(wanted));
    expect(await engine.delivery(second.deliveryId)).toMatchObject({
      origin: "replay",
      createdAt: clock.now,
    });
    expect(await engine.delivery(first.deliveryId)).toMatchObject({
      origin: "route",
      state: "delivered",
    });
  });
  claiming(
    "passes over events that are not there and says how many it made",
    async ({ engine }) => {
      const wanted = anAcceptance({ to: [] });
      await engine.accept(wanted);
      const { id: eventId } = eventOf(wanted);
      const orders = [
        { eventId, destination: "crm" },
        { eventId: newId(), destination: "crm" },
        { eventId, destination: "screens" },
      ];
      expect(await engine.replay(orders)).toBe(2);
      expect(await engine.replay([])).toBe(0);
      const made = await deliveriesOf(engine, eventId);
      expect(made.map(({ destination, origin, state }) => [destination, origin, state])).toEqual([
        ["crm", "replay", "ready"],
        ["screens", "replay", "ready"],
      ]);
    },
  );
  behaviour("of many events makes each", async ({ engine }) => {
    const wanted = Array.from({ length: 250 }, () => anAcceptance({ to: [] }));
    await Promise.all(wanted.map(engine.accept));
    const orders = wanted.map((one) => ({ eventId: eventOf(one).id, destination: "crm" }));
    expect(await engine.replay(orders)).toBe(250);
    expect((await engine.counts()).deliveries.ready).toBe(250);
  });
  behaviour("waits like any other while its destination is paused", async ({ engine }) => {
    const wanted = anAcceptance({ to: [] });
    await engine.accept(wanted);
    await engine.pause({ destination: "crm", cause: "person", reason: "deploying" });
    await engine.replay([{ eventId: eventOf(wanted).id, destination: "crm" }]);
    expect(await engine.claim("crm", all)).toEqual([]);
    expect((await onlyDelivery(engine, wanted)).held).toContain("deploying");
  });
}

function cancellations({ behaviour, claiming }: Group): void {
  claiming(
    "of a waiting delivery keeps its reason, and it is never claimed",
    async ({ engine }) => {
      const wanted = anAcceptance();
      await engine.accept(wanted);
      const { id } = await onlyDelivery(engine, wanted);
      expect(await engine.cancel(id, "sent by mistake")).toBe("cancelled");
      expect(await engine.delivery(id)).toMatchObject({
        state: "cancelled",
        reason: "sent by mistake",
      });
      expect(await engine.cancel(id, "again")).toBe("cancelled");
      expect((await engine.delivery(id))?.reason).toBe("sent by mistake");
      if (engine.capabilities.claims) expect(await engine.claim("crm", all)).toEqual([]);
    },
  );
  behaviour("does not stop what is under way or over", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const claim = await onlyClaim(engine);
    expect(await engine.cancel(claim.deliveryId, "too late")).toBe("leased");
    expect(await engine.settle(delivered(claim, clock.now))).toBe("settled");
    expect(await engine.cancel(claim.deliveryId, "too late")).toBe("delivered");
    expect(await engine.delivery(claim.deliveryId)).toMatchObject({ state: "delivered" });
  });
  claiming(
    "reaches one that waits for its next attempt, or is paused",
    async ({ engine, clock }) => {
      await engine.accept(anAcceptance());
      const claim = await onlyClaim(engine);
      await engine.settle(failed(claim, clock.now, clock.now + 10));
      await engine.pause({ destination: "crm", cause: "person", reason: "deploying" });
      expect(await engine.cancel(claim.deliveryId, "enough")).toBe("cancelled");
      await engine.resume("crm");
      clock.now += 11;
      expect(await engine.claim("crm", all)).toEqual([]);
      expect(await engine.rescue()).toBe(0);
    },
  );
  behaviour("of nothing is undefined", async ({ engine }) => {
    expect(await engine.cancel(newId(), "nothing")).toBeUndefined();
  });
}
