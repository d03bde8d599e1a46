import { expect } from "vitest";
import { all, anAcceptance, delivered, eventOf } from "./builders.ts";
import {
  deliveriesOf,
  type Group,
  type Groups,
  minuteMs,
  onlyClaim,
  onlyDelivery,
} from "./world.ts";

/** Destinations and lanes that are held. */
export const pauseGroups: Groups = [
  ["a pause", pauses],
  ["a pause that ends", pauseEnds],
];

function pauses({ behaviour, claiming }: Group): void {
  const pause = { destination: "crm", cause: "person", reason: "deploying" } as const;
  claiming("keeps its destination's deliveries ready and unclaimed", async ({ engine }) => {
    await engine.accept(anAcceptance({ to: ["crm", "screens"] }));
    await engine.pause(pause);
    expect(await engine.claim("crm", all)).toEqual([]);
    expect(await engine.claim("screens", all)).toHaveLength(1);
    expect((await engine.counts()).deliveries).toMatchObject({ ready: 1, leased: 1 });
  });
  behaviour("is shown at what it holds, with its reason", async ({ engine }) => {
    const before = anAcceptance({ to: ["crm", "screens"] });
    await engine.accept(before);
    await engine.pause(pause);
    const after = anAcceptance();
    await engine.accept(after);
    const [crm, screens] = await deliveriesOf(engine, eventOf(before).id);
    expect(crm?.held).toContain("deploying");
    expect(screens?.held).toBeUndefined();
    expect((await onlyDelivery(engine, after)).held).toContain("deploying");
    const single = await engine.delivery(crm?.id ?? "");
    expect(single).toEqual(crm);
  });
  behaviour("is listed with what was said", async ({ engine, clock }) => {
    clock.now += 10;
    await engine.pause(pause);
    const until = clock.now + minuteMs;
    await engine.pause({ destination: "screens", cause: "circuit", reason: "5 failures", until });
    const listed = [...(await engine.pauses())];
    expect(listed.sort((a, b) => (a.destination < b.destination ? -1 : 1))).toEqual([
      { ...pause, since: clock.now },
      { destination: "screens", cause: "circuit", reason: "5 failures", since: clock.now, until },
    ]);
  });
  behaviour("said again replaces the one before", async ({ engine, clock }) => {
    await engine.pause({ ...pause, until: clock.now + 10 });
    await engine.pause({ ...pause, reason: "still deploying" });
    clock.now += 11;
    expect(await engine.pauses()).toMatchObject([{ reason: "still deploying" }]);
    expect((await engine.pauses())[0]?.until).toBeUndefined();
  });
  claiming("does not touch what is under way", async ({ engine, clock }) => {
    const wanted = anAcceptance();
    await engine.accept(wanted);
    const claim = await onlyClaim(engine);
    await engine.pause(pause);
    expect((await onlyDelivery(engine, wanted)).held).toBeUndefined();
    expect(await engine.settle(delivered(claim, clock.now))).toBe("settled");
    expect(await onlyDelivery(engine, wanted)).toMatchObject({ state: "delivered" });
    expect((await onlyDelivery(engine, wanted)).held).toBeUndefined();
  });
  claiming("outlives a restart", async ({ engine, reopen }) => {
    await engine.accept(anAcceptance());
    await engine.pause(pause);
    const later = await reopen();
    expect(await later.pauses()).toMatchObject([pause]);
    expect(await later.claim("crm", all)).toEqual([]);
  });
}

function pauseEnds({ behaviour, claiming }: Group): void {
  const pause = { destination: "crm", cause: "circuit", reason: "5 failures" } as const;
  claiming("by the clock frees its deliveries", async ({ engine, clock }) => {
    const wanted = anAcceptance();
    await engine.accept(wanted);
    await engine.pause({ ...pause, until: clock.now + 1_000 });
    clock.now += 999;
    expect(await engine.claim("crm", all)).toEqual([]);
    expect((await onlyDelivery(engine, wanted)).held).toContain("5 failures");
    clock.now += 2;
    expect(await engine.pauses()).toEqual([]);
    expect((await onlyDelivery(engine, wanted)).held).toBeUndefined();
    expect(await engine.claim("crm", all)).toHaveLength(1);
  });
  claiming(
    "by the clock frees its deliveries, also just behind another destination's",
    async ({ engine, clock }) => {
      await engine.accept(anAcceptance({ to: ["crm", "screens"] }));
      await engine.pause({ ...pause, until: clock.now + 1_000 });
      clock.now += 999;
      expect(await engine.claim("screens", all)).toHaveLength(1);
      clock.now += 2;
      expect(await engine.claim("crm", all)).toHaveLength(1);
    },
  );
  claiming("by a person frees its deliveries", async ({ engine }) => {
    const wanted = anAcceptance();
    await engine.accept(wanted);
    await engine.pause(pause);
    expect(await engine.resume("crm")).toBe(true);
    expect(await engine.pauses()).toEqual([]);
    expect((await onlyDelivery(engine, wanted)).held).toBeUndefined();
    expect(await engine.claim("crm", all)).toHaveLength(1);
  });
  behaviour("can't end what is not there", async ({ engine }) => {
    expect(await engine.resume("crm")).toBe(false);
    await engine.pause(pause);
    expect(await engine.resume("screens")).toBe(false);
    expect([await engine.resume("crm"), await engine.resume("crm")]).toEqual([true, false]);
  });
}
