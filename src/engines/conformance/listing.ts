import { expect } from "vitest";
import type { Acceptance, Claim, Engine } from "../../core/engine.ts";
import { type DeliveryState, requestOutcomes } from "../../core/lifecycle.ts";
import {
  again,
  all,
  anAcceptance,
  aRejection,
  delivered,
  died,
  eventOf,
  pages,
  releaseOf,
  skipped,
  start,
} from "./builders.ts";
import { type Group, type Groups, rejected, type World } from "./world.ts";

/** Lists and their filters. */
export const listingGroups: Groups = [
  ["a listing of events", eventListings],
  ["type globs of a listing", typeGlobs],
  ["a listing of requests", requestListings],
  ["a listing of deliveries", deliveryListings],
];

function eventListings({ behaviour }: Group): void {
  const fill = async ({ engine, clock }: World) => {
    const kept: Acceptance[] = [];
    for (const n of [0, 1, 2, 3, 4, 5]) {
      clock.now = start + n * 1_000;
      const words = { at: clock.now, source: n % 2 === 0 ? "shop" : "stripe", type: `t.${n}` };
      kept.push(anAcceptance({ ...words, event: { providerEventId: `evt_${n % 3}` } }));
      await engine.accept(kept[n] as Acceptance);
    }
    return kept.map(eventOf);
  };
  const some = { limit: 100 };
  behaviour("shows the newest first, or the oldest", async (world) => {
    const events = await fill(world);
    const { items, next } = await world.engine.events({}, some);
    expect(items).toEqual([...events].reverse());
    expect(next).toBeUndefined();
    expect((await world.engine.events({ oldestFirst: true }, some)).items).toEqual(events);
  });
  behaviour("keeps to its source, sender's id and time", async (world) => {
    await fill(world);
    const types = async (filter: Parameters<Engine["events"]>[0]) =>
      (await world.engine.events(filter, some)).items.map(({ type }) => type);
    expect(await types({ source: "shop" })).toEqual(["t.4", "t.2", "t.0"]);
    expect(await types({ providerEventId: "evt_1" })).toEqual(["t.4", "t.1"]);
    expect(await types({ since: start + 1_000, until: start + 3_000 })).toEqual(["t.2", "t.1"]);
    expect(await types({ since: start + 4_000 })).toEqual(["t.5", "t.4"]);
    expect(await types({ until: start + 1_000 })).toEqual(["t.0"]);
    expect(await types({ source: "stripe", providerEventId: "evt_2", oldestFirst: true })).toEqual([
      "t.5",
    ]);
    expect(await types({ source: "nobody" })).toEqual([]);
  });
  behaviour("is empty in an empty store", async ({ engine }) => {
    const empty = { items: [], next: undefined };
    expect(await engine.events({}, some)).toEqual(empty);
    expect(await engine.requests({}, some)).toEqual(empty);
    expect(await engine.deliveries({}, some)).toEqual(empty);
  });
}

function typeGlobs({ behaviour }: Group): void {
  const types = ["order.created", "order.paid", "Order.Paid", "refund.order", "a_b", "axb", "a%b"];
  const odd = ["a[b]c", "abc", "a?c", "a*c", "a\\b", "it's", "ü.ß"];
  const matches: readonly (readonly [globs: readonly string[], found: readonly string[]])[] = [
    [["order.*"], ["order.created", "order.paid"]],
    [["*order*"], ["order.created", "order.paid", "refund.order"]],
    [
      ["order.paid", "a_b"],
      ["order.paid", "a_b"],
    ],
    [
      ["order.*", "*.paid"],
      ["order.created", "order.paid"],
    ],
    [["a_*"], ["a_b"]],
    [["a%*"], ["a%b"]],
    [["a[*"], ["a[b]c"]],
    [["a[b]c"], ["a[b]c"]],
    [["a?*"], ["a?c"]],
    [["a\\*"], ["a\\b"]],
    [["it's"], ["it's"]],
    [["ü*"], ["ü.ß"]],
    [["nothing"], []],
    [["*"], [...types, ...odd]],
    [["a*b*c"], ["a[b]c", "abc"]],
  ];
  behaviour("know the star only, and tell capitals apart", async ({ engine }) => {
    for (const type of [...types, ...odd]) await engine.accept(anAcceptance({ type }));
    for (const [globs, found] of matches) {
      const { items } = await engine.events({ types: globs }, { limit: 100 });
      expect([globs, items.map(({ type }) => type).sort()]).toEqual([globs, [...found].sort()]);
    }
  });
  behaviour("page as any filter does", async ({ engine }) => {
    for (let n = 0; n < 40; n += 1) {
      await engine.accept(anAcceptance({ type: n % 10 === 0 ? "order.paid" : "noise" }));
    }
    const found = await pages((page) => engine.events({ types: ["order.*"] }, page), 3);
    expect(found.map(({ type }) => type)).toEqual(Array(4).fill("order.paid"));
  });
}

function requestListings({ behaviour }: Group): void {
  const fill = async ({ engine, clock }: World) => {
    const first = anAcceptance({ key: "k", body: "1", path: "/accepted" });
    await engine.accept(first);
    clock.now = start + 1_000;
    await engine.accept(again(first, { at: clock.now, path: "/duplicate" }));
    clock.now = start + 2_000;
    const other = { key: "k", body: "2", at: clock.now };
    await engine.accept(anAcceptance({ ...other, path: "/conflict" }));
    clock.now = start + 3_000;
    await engine.reject(aRejection({ at: clock.now, path: "/rejected" }));
    clock.now = start + 4_000;
    const { request } = await rejected(engine, { at: clock.now, path: "/released", source: "b" });
    await engine.release(releaseOf(request));
  };
  const paths = async (engine: Engine, filter: Parameters<Engine["requests"]>[0]) =>
    (await engine.requests(filter, { limit: 100 })).items.map(({ path }) => path);
  const arrived = ["/accepted", "/duplicate", "/conflict", "/rejected", "/released"];
  behaviour("shows the newest first, or the oldest", async (world) => {
    await fill(world);
    expect(await paths(world.engine, {})).toEqual([...arrived].reverse());
    expect(await paths(world.engine, { oldestFirst: true })).toEqual(arrived);
  });
  behaviour("keeps to its outcome, source and time", async (world) => {
    await fill(world);
    const { engine } = world;
    const known = [...requestOutcomes];
    for (const outcome of known) expect(await paths(engine, { outcome })).toEqual([`/${outcome}`]);
    expect(await paths(engine, { source: "b" })).toEqual(["/released"]);
    expect(await paths(engine, { source: "b", outcome: "accepted" })).toEqual([]);
    const range = { since: start + 1_000, until: start + 3_000 };
    expect(await paths(engine, range)).toEqual(["/conflict", "/duplicate"]);
  });
  behaviour("shows each request as it is read alone", async (world) => {
    await fill(world);
    const { items } = await world.engine.requests({}, { limit: 100 });
    for (const item of items) expect(await world.engine.request(item.id)).toEqual(item);
  });
}

function deliveryListings({ behaviour, claiming }: Group): void {
  const fill = async ({ engine, clock }: World) => {
    const kept: Acceptance[] = [];
    for (const n of [0, 1, 2]) {
      clock.now = start + n * 1_000;
      kept.push(anAcceptance({ at: clock.now, to: ["crm", "screens"], type: `t.${n}` }));
      await engine.accept(kept[n] as Acceptance);
    }
    return kept.map(eventOf);
  };
  const list = async (engine: Engine, filter: Parameters<Engine["deliveries"]>[0]) =>
    (await engine.deliveries(filter, { limit: 100 })).items;
  behaviour("shows the newest first", async (world) => {
    const events = await fill(world);
    const found = await list(world.engine, { destination: "crm" });
    expect(found.map(({ eventId }) => eventId)).toEqual(events.map(({ id }) => id).reverse());
  });
  behaviour("keeps to its destination, event and time", async (world) => {
    const [, second] = await fill(world);
    const { engine } = world;
    expect(await list(engine, {})).toHaveLength(6);
    const eventId = second?.id ?? "";
    const ofEvent = await list(engine, { eventId });
    expect(ofEvent.map(({ destination }) => destination).sort()).toEqual(["crm", "screens"]);
    const range = { since: start + 1_000, until: start + 2_000 };
    expect((await list(engine, range)).map((one) => one.eventId)).toEqual([eventId, eventId]);
    expect(await list(engine, { destination: "screens", eventId })).toHaveLength(1);
    expect(await list(engine, { destination: "nobody" })).toEqual([]);
  });
  claiming("keeps to its state", async ({ engine, clock }) => {
    for (let n = 0; n < 6; n += 1) await engine.accept(anAcceptance());
    const [one, two, three, four] = await engine.claim("crm", { ...all, limit: 4 });
    await engine.settle(delivered(one as Claim, clock.now));
    await engine.settle(died(two as Claim, clock.now));
    await engine.settle(skipped(three as Claim, clock.now));
    const [waiting] = await list(engine, { state: "ready" });
    await engine.cancel(waiting?.id ?? "", "no");
    const wanted: Partial<Record<DeliveryState, string | undefined>> = {
      delivered: one?.deliveryId,
      dead: two?.deliveryId,
      skipped: three?.deliveryId,
      leased: four?.deliveryId,
      cancelled: waiting?.id,
    };
    for (const [state, id] of Object.entries(wanted)) {
      const found = await list(engine, { state: state as DeliveryState });
      expect([state, found.map((delivery) => delivery.id)]).toEqual([state, [id]]);
    }
    expect(await list(engine, { state: "ready", destination: "crm" })).toHaveLength(1);
  });
}
