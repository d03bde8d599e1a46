import { expect } from "vitest";
import {
  all,
  anAcceptance,
  delivered,
  died,
  eventOf,
  failed,
  interrupted,
  leaseMs,
  newId,
  outcomes,
  skipped,
  start,
} from "./builders.ts";
import { dayMs, deliveriesOf, type Group, type Groups, onlyClaim } from "./world.ts";

/** How an attempt is recorded, and that only who holds the lease may. */
export const settlementGroups: Groups = [
  ["a settlement", settlements],
  ["an interruption", interruptions],
  ["a lost lease", lostLeases],
];

function settlements({ claiming }: Group): void {
  claiming(
    "of a success makes a delivery delivered, with its attempt",
    async ({ engine, clock }) => {
      await engine.accept(anAcceptance());
      const claim = await onlyClaim(engine);
      clock.now += 250;
      expect(await engine.settle(delivered(claim, clock.now))).toBe("settled");
      const kept = await engine.delivery(claim.deliveryId);
      expect(kept).toMatchObject({ state: "delivered", attempts: 1, firstAttemptAt: start });
      expect(kept?.settledAt).toBe(clock.now);
      expect(await engine.attempts(claim.deliveryId)).toEqual([
        {
          deliveryId: claim.deliveryId,
          number: 1,
          startedAt: clock.now - 7,
          endedAt: clock.now,
          outcome: "delivered",
          status: 204,
        },
      ]);
      expect(await engine.claim("crm", all)).toEqual([]);
    },
  );
  claiming("of a failure makes it ready again when it says", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const claim = await onlyClaim(engine);
    expect(await engine.settle(failed(claim, clock.now, start + 7_777))).toBe("settled");
    const kept = await engine.delivery(claim.deliveryId);
    expect(kept).toMatchObject({ state: "ready", dueAt: start + 7_777, attempts: 1 });
    expect(kept?.reason).toBe("DESTINATION_STATUS: 500");
    expect(kept?.settledAt).toBeUndefined();
    expect(await engine.attempts(claim.deliveryId)).toMatchObject([
      { outcome: "failed", code: "DESTINATION_STATUS", detail: "500", status: 500 },
    ]);
  });
  claiming("of a last failure makes it dead", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const claim = await onlyClaim(engine);
    expect(await engine.settle(died(claim, clock.now))).toBe("settled");
    const kept = await engine.delivery(claim.deliveryId);
    expect(kept).toMatchObject({ state: "dead", reason: "DESTINATION_STATUS: 500" });
    expect(outcomes(await engine.attempts(claim.deliveryId))).toEqual(["1 failed"]);
    clock.now += dayMs;
    expect(await engine.claim("crm", all)).toEqual([]);
  });
  claiming("of a skip keeps the reason", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const claim = await onlyClaim(engine);
    expect(await engine.settle(skipped(claim, clock.now))).toBe("settled");
    const kept = await engine.delivery(claim.deliveryId);
    expect(kept).toMatchObject({ state: "skipped", reason: "not for us" });
    expect(outcomes(await engine.attempts(claim.deliveryId))).toEqual(["1 skipped"]);
    expect(await engine.claim("crm", all)).toEqual([]);
  });
  claiming("touches no other delivery", async ({ engine, clock }) => {
    const wanted = anAcceptance({ to: ["crm", "screens"] });
    await engine.accept(wanted);
    await engine.settle(died(await onlyClaim(engine), clock.now));
    const states = (await deliveriesOf(engine, eventOf(wanted).id)).map(({ state }) => state);
    expect(states).toEqual(["dead", "ready"]);
  });
  claiming("of many at once settles each", async ({ engine, clock }) => {
    await Promise.all(Array.from({ length: 100 }, () => engine.accept(anAcceptance())));
    const claimed = await engine.claim("crm", all);
    const settled = claimed.map((claim) => engine.settle(delivered(claim, clock.now)));
    expect(new Set(await Promise.all(settled))).toEqual(new Set(["settled"]));
    expect((await engine.counts()).deliveries).toMatchObject({ leased: 0, delivered: 100 });
  });
}

function interruptions({ claiming }: Group): void {
  claiming("counts no attempt, and keeps its place", async (world) => {
    const { engine, clock } = world;
    await engine.accept(anAcceptance());
    clock.now += 10;
    await engine.accept(anAcceptance({ at: clock.now }));
    const [claim] = await engine.claim("crm", { ...all, limit: 1 });
    if (claim === undefined) throw new Error("two were due");
    const before = { state: "ready", attempts: 0, dueAt: start, firstAttemptAt: undefined };
    clock.now += 10;
    expect(await engine.settle(interrupted(claim, clock.now))).toBe("settled");
    expect(await engine.delivery(claim.deliveryId)).toMatchObject(before);
    expect(await engine.attempts(claim.deliveryId)).toEqual([]);
    expect(await engine.settle(interrupted(claim, clock.now))).toBe("lost");
    const [again] = await engine.claim("crm", { ...all, limit: 1 });
    expect(again).toMatchObject({ deliveryId: claim.deliveryId, attempt: 1 });
    expect(again).toMatchObject({ firstAttemptAt: clock.now });
  });
  claiming("leaves what failed before", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const first = await onlyClaim(engine);
    await engine.settle(failed(first, clock.now, clock.now));
    await engine.settle(interrupted(await onlyClaim(engine), clock.now));
    expect(await engine.delivery(first.deliveryId)).toMatchObject({
      state: "ready",
      attempts: 1,
      firstAttemptAt: start,
      reason: "DESTINATION_STATUS: 500",
    });
    expect(outcomes(await engine.attempts(first.deliveryId))).toEqual(["1 failed"]);
    expect(await onlyClaim(engine)).toMatchObject({ attempt: 2, firstAttemptAt: start });
  });
}

function lostLeases({ claiming }: Group): void {
  claiming("settles nothing and records no attempt", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const late = await onlyClaim(engine);
    clock.now += leaseMs + 1;
    await engine.rescue();
    const current = await onlyClaim(engine);
    const before = await engine.delivery(late.deliveryId);
    for (const end of [delivered, died, skipped]) {
      expect(await engine.settle(end(late, clock.now))).toBe("lost");
    }
    expect(await engine.settle(failed(late, clock.now, clock.now + 1))).toBe("lost");
    expect(await engine.delivery(late.deliveryId)).toEqual(before);
    expect(before?.state).toBe("leased");
    expect(await engine.attempts(late.deliveryId)).toEqual([]);
    expect(await engine.settle(delivered(current, clock.now))).toBe("settled");
    expect(await engine.attempts(late.deliveryId)).toHaveLength(1);
  });
  claiming("is lost once rescued, before anyone claims again", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const late = await onlyClaim(engine);
    clock.now += leaseMs + 1;
    await engine.rescue();
    expect(await engine.settle(delivered(late, clock.now))).toBe("lost");
    expect(await engine.delivery(late.deliveryId)).toMatchObject({ state: "ready" });
    expect(await engine.attempts(late.deliveryId)).toEqual([]);
  });
  claiming("is what a second settlement meets", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const claim = await onlyClaim(engine);
    const settled = [delivered, died].map((end) => engine.settle(end(claim, clock.now)));
    expect((await Promise.all(settled)).sort()).toEqual(["lost", "settled"]);
    expect(await engine.settle(delivered(claim, clock.now))).toBe("lost");
    expect(await engine.attempts(claim.deliveryId)).toHaveLength(1);
  });
  claiming("is a lease that was never given", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const claim = await onlyClaim(engine);
    const forged = delivered({ ...claim, lease: newId() }, clock.now);
    const unknown = delivered({ ...claim, deliveryId: newId() }, clock.now);
    expect([await engine.settle(forged), await engine.settle(unknown)]).toEqual(["lost", "lost"]);
    expect(await engine.settle(delivered(claim, clock.now))).toBe("settled");
  });
}
