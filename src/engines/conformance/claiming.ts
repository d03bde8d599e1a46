import { expect } from "vitest";
import {
  aBatch,
  all,
  anAcceptance,
  binary,
  delivered,
  eventOf,
  failed,
  leaseMs,
  releaseOf,
  start,
} from "./builders.ts";
import { type Group, type Groups, onlyClaim, rejected } from "./world.ts";

/** What is handed out, how much of it, and when. */
export const claimGroups: Groups = [
  ["a claim", claims],
  ["a claim's bounds", claimBounds],
  ["a parcel", parcels],
  ["the next due time", nextDueTimes],
];

function claims({ claiming }: Group): void {
  claiming("leases what is due for its destination only", async ({ engine, clock }) => {
    const wanted = anAcceptance({ to: ["crm", "screens"] });
    await engine.accept(wanted);
    const claim = await onlyClaim(engine);
    expect(claim).toMatchObject({ destination: "crm", attempt: 1, firstAttemptAt: clock.now });
    expect(claim.leasedUntil).toBe(clock.now + leaseMs);
    expect(await engine.delivery(claim.deliveryId)).toMatchObject({
      state: "leased",
      firstAttemptAt: clock.now,
    });
    expect(await engine.claim("crm", all)).toEqual([]);
    expect(await engine.claim("nobody", all)).toEqual([]);
    expect(await engine.claim("screens", all)).toHaveLength(1);
  });
  claiming("takes nothing before it is due", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    await engine.settle(failed(await onlyClaim(engine), clock.now, clock.now + 5_000));
    clock.now += 4_999;
    expect(await engine.claim("crm", all)).toEqual([]);
    clock.now += 1;
    expect(await onlyClaim(engine)).toMatchObject({ attempt: 2, firstAttemptAt: start });
  });
  claiming("takes the longest due first", async ({ engine, clock }) => {
    const acceptances = [1, 2, 3].map(() => anAcceptance());
    for (const acceptance of acceptances) await engine.accept(acceptance);
    const [first, second, third] = await engine.claim("crm", all);
    if (!first || !second || !third) throw new Error("three were due");
    await engine.settle(failed(first, clock.now, clock.now + 300));
    await engine.settle(failed(second, clock.now, clock.now + 100));
    await engine.settle(failed(third, clock.now, clock.now + 200));
    clock.now += 400;
    await engine.accept(anAcceptance({ at: clock.now }));
    const claimed = await engine.claim("crm", { ...all, limit: 3 });
    const wanted = [second, third, first].map(({ deliveryId }) => deliveryId);
    expect(claimed.map(({ deliveryId }) => deliveryId)).toEqual(wanted);
  });
  claiming("never takes what another one has", async ({ engine }) => {
    await Promise.all(Array.from({ length: 60 }, () => engine.accept(anAcceptance())));
    const workers = Array.from({ length: 8 }, () => engine.claim("crm", { ...all, limit: 10 }));
    const taken = (await Promise.all(workers)).flat();
    taken.push(...(await engine.claim("crm", all)));
    expect(taken).toHaveLength(60);
    expect(new Set(taken.map(({ deliveryId }) => deliveryId)).size).toBe(60);
    expect((await engine.counts()).deliveries).toMatchObject({ ready: 0, leased: 60 });
  });
  claiming("of another time has another lease", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    const first = await onlyClaim(engine);
    await engine.settle(failed(first, clock.now, clock.now));
    expect((await onlyClaim(engine)).lease).not.toBe(first.lease);
  });
  claiming("numbers attempts from 1 upwards", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    for (const attempt of [1, 2, 3, 4]) {
      const claim = await onlyClaim(engine);
      expect(claim).toMatchObject({ attempt, firstAttemptAt: start });
      await engine.settle(failed(claim, clock.now, clock.now + 10));
      expect(await engine.delivery(claim.deliveryId)).toMatchObject({ attempts: attempt });
      clock.now += 10;
    }
  });
}

function claimBounds({ claiming }: Group): void {
  const hundred = () => anAcceptance({ body: binary(100) });
  claiming("hold its number", async ({ engine }) => {
    for (let n = 0; n < 5; n += 1) await engine.accept(hundred());
    expect(await engine.claim("crm", { ...all, limit: 2 })).toHaveLength(2);
    expect(await engine.claim("crm", { ...all, limit: 2 })).toHaveLength(2);
    expect(await engine.claim("crm", { ...all, limit: 2 })).toHaveLength(1);
  });
  claiming("hold its bytes", async ({ engine }) => {
    for (let n = 0; n < 5; n += 1) await engine.accept(hundred());
    expect(await engine.claim("crm", { ...all, maxBytes: 299 })).toHaveLength(2);
    expect(await engine.claim("crm", { ...all, maxBytes: 300 })).toHaveLength(3);
  });
  claiming("let one through that is larger than all bytes allowed", async ({ engine }) => {
    await engine.accept(hundred());
    await engine.accept(hundred());
    expect(await engine.claim("crm", { ...all, maxBytes: 10 })).toHaveLength(1);
    expect(await engine.claim("crm", { ...all, maxBytes: 0 })).toHaveLength(1);
  });
  claiming("leave what they leave ready", async ({ engine }) => {
    for (let n = 0; n < 3; n += 1) await engine.accept(hundred());
    await engine.claim("crm", { ...all, maxBytes: 100 });
    expect((await engine.counts()).deliveries).toMatchObject({ ready: 2, leased: 1 });
  });
}

function parcels({ claiming }: Group): void {
  claiming("carries the event and the request as they came", async ({ engine }) => {
    const headers = ["X-Odd", "caf\u00e9", "x-odd", "2"];
    const words = { body: binary(500), headers, method: "PUT", query: "a=%20" };
    const wanted = anAcceptance({ ...words, event: { providerEventId: "evt_1" } });
    await engine.accept(wanted);
    const claim = await onlyClaim(engine);
    expect(claim.event).toEqual(eventOf(wanted));
    expect(claim).toMatchObject({ headers, method: "PUT", query: "a=%20" });
    expect(Buffer.isBuffer(claim.body) && claim.body.equals(binary(500))).toBe(true);
  });
  claiming("carries its event's range of a batch", async ({ engine }) => {
    const texts = ['{"n":1}', '{"n":"zwei ☕"}', '""'];
    await engine.accept(aBatch(texts.map((text) => ({ text }))));
    const claimed = await engine.claim("crm", all);
    expect(claimed.map(({ body }) => String(body)).sort()).toEqual([...texts].sort());
  });
  claiming("may be empty", async ({ engine }) => {
    await engine.accept(anAcceptance({ body: "" }));
    expect((await onlyClaim(engine)).body).toHaveLength(0);
  });
  claiming("of a released request carries its kept bytes", async ({ engine }) => {
    const { request } = await rejected(engine, { body: "kept" });
    await engine.release(releaseOf(request));
    expect(String((await onlyClaim(engine)).body)).toBe("kept");
  });
}

function nextDueTimes({ claiming }: Group): void {
  claiming("is that of the delivery that is due first", async ({ engine, clock }) => {
    expect(await engine.nextDue("crm")).toBeUndefined();
    await engine.accept(anAcceptance());
    await engine.accept(anAcceptance());
    expect(await engine.nextDue("crm")).toBe(start);
    const [first, second] = await engine.claim("crm", all);
    if (!first || !second) throw new Error("two were due");
    await engine.settle(failed(first, clock.now, start + 9_000));
    await engine.settle(failed(second, clock.now, start + 8_000));
    expect(await engine.nextDue("crm")).toBe(start + 8_000);
    expect(await engine.nextDue("screens")).toBeUndefined();
  });
  claiming(
    "is undefined while nothing waits or its destination is paused",
    async ({ engine, clock }) => {
      await engine.accept(anAcceptance());
      await engine.pause({ destination: "crm", cause: "person", reason: "deploying" });
      expect(await engine.nextDue("crm")).toBeUndefined();
      await engine.resume("crm");
      expect(await engine.nextDue("crm")).toBe(start);
      await engine.settle(delivered(await onlyClaim(engine), clock.now));
      expect(await engine.nextDue("crm")).toBeUndefined();
    },
  );
}
