import { expect } from "vitest";
import type { Acceptance, Claim, Engine } from "../../core/engine.ts";
import {
  all,
  anAcceptance,
  aRejection,
  delivered,
  died,
  eventOf,
  failed,
  newId,
  pages,
  start,
} from "./builders.ts";
import { type Group, type Groups, onlyClaim, type World } from "./world.ts";

/** Going through lists, counts, and the attempts of a delivery. */
export const readingGroups: Groups = [
  ["a cursor", cursors],
  ["counts and attempts", countsAndAttempts],
];

function cursors({ behaviour, claiming }: Group): void {
  const fill = async (engine: Engine, clock: World["clock"]) => {
    const kept: Acceptance[] = [];
    for (let n = 0; n < 23; n += 1) {
      if (n % 4 === 0) clock.now += 1;
      const acceptance = anAcceptance({ at: clock.now });
      await engine.accept(acceptance);
      kept.push(acceptance);
    }
    return kept;
  };
  const arrive = (engine: Engine, clock: World["clock"]) => async () => {
    clock.now += 1;
    await engine.accept(anAcceptance({ at: clock.now, source: "late", to: ["late"] }));
  };
  behaviour("pages through events exactly once while more arrive", async ({ engine, clock }) => {
    const kept = (await fill(engine, clock)).map((one) => eventOf(one).id);
    for (const limit of [1, 5, 23]) {
      const found = await pages((page) => engine.events({}, page), limit, arrive(engine, clock));
      const ids = found.filter(({ source }) => source === "shop").map(({ id }) => id);
      expect(ids).toEqual([...kept].reverse());
      expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    }
  });
  behaviour("pages through the oldest events first exactly once", async ({ engine, clock }) => {
    const kept = (await fill(engine, clock)).map((one) => eventOf(one).id);
    const list = (page: { limit: number }) =>
      engine.events({ source: "shop", oldestFirst: true }, page);
    const found = await pages(list, 4, arrive(engine, clock));
    expect(found.map(({ id }) => id)).toEqual(kept);
  });
  behaviour("pages through requests exactly once while more arrive", async ({ engine, clock }) => {
    const kept = (await fill(engine, clock)).map(({ request }) => request.id);
    for (const oldestFirst of [false, true]) {
      const list = (page: { limit: number }) =>
        engine.requests({ source: "shop", oldestFirst }, page);
      const found = await pages(list, 4, arrive(engine, clock));
      expect(found.map(({ id }) => id)).toEqual(oldestFirst ? kept : [...kept].reverse());
    }
  });
  claiming("pages through deliveries exactly once while more arrive", async ({ engine, clock }) => {
    const kept = (await fill(engine, clock)).map((one) => eventOf(one).id);
    const list = (page: { limit: number }) => engine.deliveries({}, page);
    const found = await pages(list, 4, arrive(engine, clock));
    const ours = found.filter(({ destination }) => destination === "crm");
    expect(ours.map(({ eventId }) => eventId).sort()).toEqual([...kept].sort());
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  });
  behaviour("that no page ended with is refused, not taken for a start", async ({ engine }) => {
    await engine.accept(anAcceptance());
    for (const cursor of ["zzz", "", "0x1", "-1", `${newId()}.crm`]) {
      const page = { limit: 1, cursor };
      for (const list of [engine.events, engine.requests, engine.deliveries]) {
        await expect(list({}, page)).rejects.toMatchObject({ code: "USAGE" });
      }
    }
  });
  behaviour("pages through several deliveries of one time exactly once", async ({ engine }) => {
    const to = Array.from({ length: 30 }, (_, n) => `d${n}`);
    await engine.accept(anAcceptance({ to }));
    const found = await pages((page) => engine.deliveries({}, page), 7);
    expect(found.map(({ destination }) => destination).sort()).toEqual([...to].sort());
  });
}

function countsAndAttempts({ behaviour, claiming }: Group): void {
  const noDeliveries = { ready: 0, leased: 0, delivered: 0, dead: 0, skipped: 0, cancelled: 0 };
  const noRequests = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0, released: 0 };
  behaviour("name every outcome and state, also where there is none", async ({ engine }) => {
    expect(await engine.counts()).toEqual({
      requests: noRequests,
      events: 0,
      deliveries: noDeliveries,
    });
  });
  behaviour("follow what happens", async ({ engine, clock }) => {
    for (let n = 0; n < 6; n += 1) await engine.accept(anAcceptance({ key: `${n % 5}` }));
    await engine.reject(aRejection());
    const [one, two, three] = await engine.claim("crm", { ...all, limit: 3 });
    await engine.settle(delivered(one as Claim, clock.now));
    await engine.settle(died(two as Claim, clock.now));
    expect(three).toBeDefined();
    expect(await engine.counts()).toEqual({
      requests: { ...noRequests, accepted: 5, duplicate: 1, rejected: 1 },
      events: 5,
      deliveries: { ...noDeliveries, ready: 2, leased: 1, delivered: 1, dead: 1 },
    });
  });
  claiming("attempts stand in their order, each with its own end", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    await engine.accept(anAcceptance({ to: ["screens"] }));
    let claim = await onlyClaim(engine);
    for (let n = 0; n < 11; n += 1) {
      clock.now += 10;
      await engine.settle(failed(claim, clock.now, clock.now));
      claim = await onlyClaim(engine);
    }
    clock.now += 10;
    await engine.settle(delivered(claim, clock.now));
    const attempts = await engine.attempts(claim.deliveryId);
    const numbers = Array.from({ length: 12 }, (_, n) => n + 1);
    expect(attempts.map(({ number }) => number)).toEqual(numbers);
    expect(attempts.map(({ endedAt }) => endedAt)).toEqual(numbers.map((n) => start + n * 10));
    expect(attempts.map(({ outcome }) => outcome).at(-1)).toBe("delivered");
    expect(new Set(attempts.map(({ deliveryId }) => deliveryId))).toEqual(
      new Set([claim.deliveryId]),
    );
  });
}
