import { expect } from "vitest";
import { GatewayError } from "../../core/errors.ts";
import { aBatch, again, anAcceptance, eventOf } from "./builders.ts";
import { type Group, type Groups, kindOf } from "./world.ts";

/** Requests that tell many events. */
export const batchGroups: Groups = [
  ["a batch request", batches],
  ["a batch request with repeats", batchRepeats],
];

function batches({ behaviour }: Group): void {
  const parts = [
    { text: '{"n":1}', key: "id:1", to: ["crm"] },
    { text: '{"n":"zwei ☕"}', key: "id:2", to: ["crm", "screens"] },
    { text: '{"n":3}', key: "id:3", to: [] },
  ];
  behaviour("keeps its events in order, each a range of its body", async ({ engine }) => {
    const batch = aBatch(parts);
    const { events } = await engine.accept(batch);
    const ids = batch.events.map(({ event }) => event.id);
    expect(events.map(({ kind }) => kind)).toEqual(["stored", "stored", "stored"]);
    expect(events.map(({ id }) => id)).toEqual(ids);
    expect((await engine.request(batch.request.id))?.eventIds).toEqual(ids);
    for (const [at, { event }] of batch.events.entries()) {
      const kept = await engine.event(event.id);
      const bytes = (await engine.body(batch.request.id))?.subarray(kept?.start, kept?.end);
      expect(String(bytes)).toBe(parts[at]?.text);
    }
    expect(await engine.counts()).toMatchObject({ events: 3, deliveries: { ready: 3 } });
  });
  behaviour("is kept whole or not at all", async ({ engine }) => {
    const taken = anAcceptance();
    await engine.accept(taken);
    const batch = aBatch(parts);
    const [first, second] = batch.events;
    if (first === undefined || second === undefined) throw new Error("a batch of too few");
    const broken = { ...second, deliveries: [{ destination: undefined as unknown as string }] };
    await expect(engine.accept({ ...batch, events: [first, broken] })).rejects.toThrow(
      GatewayError,
    );
    expect(await engine.request(batch.request.id)).toBeUndefined();
    expect(await engine.event(first.event.id)).toBeUndefined();
    expect(await kindOf(engine, anAcceptance({ key: "id:1" }))).toBe("stored");
  });
  behaviour("carries many events", async ({ engine }) => {
    const batch = aBatch(Array.from({ length: 500 }, (_, n) => ({ text: `${n}`, key: `id:${n}` })));
    const { events } = await engine.accept(batch);
    expect(events.filter(({ kind }) => kind === "stored")).toHaveLength(500);
    expect(await engine.counts()).toMatchObject({ events: 500, deliveries: { ready: 500 } });
  });
}

function batchRepeats({ behaviour }: Group): void {
  behaviour("delivers what is new and names the first of what is not", async ({ engine }) => {
    const first = anAcceptance({ key: "id:2", body: '{"n":2}' });
    await engine.accept(first);
    const batch = aBatch([
      { text: '{"n":1}', key: "id:1" },
      { text: '{"n":2}', key: "id:2" },
      { text: '{"n":3}', key: "id:3" },
    ]);
    const { events, conflict } = await engine.accept(batch);
    expect(events.map(({ kind }) => kind)).toEqual(["stored", "duplicate", "stored"]);
    expect(events[1]?.id).toBe(eventOf(first).id);
    expect(conflict).toBe(false);
    expect(await engine.request(batch.request.id)).toMatchObject({ outcome: "accepted" });
    expect((await engine.body(batch.request.id))?.equals(batch.request.body)).toBe(true);
    expect(await engine.counts()).toMatchObject({ events: 3, deliveries: { ready: 3 } });
  });
  behaviour("recognises a repeat within itself", async ({ engine }) => {
    const batch = aBatch([
      { text: '{"n":1}', key: "id:1" },
      { text: '{"n":1}', key: "id:1" },
    ]);
    const { events, conflict } = await engine.accept(batch);
    const [first] = batch.events;
    expect(events.map(({ kind }) => kind)).toEqual(["stored", "duplicate"]);
    expect(events.map(({ id }) => id)).toEqual([first?.event.id, first?.event.id]);
    expect(conflict).toBe(false);
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  behaviour("is a duplicate when nothing in it is new", async ({ engine }) => {
    const batch = aBatch([
      { text: "1", key: "id:1" },
      { text: "2", key: "id:2" },
    ]);
    await engine.accept(batch);
    const retried = again(batch);
    const { events, conflict } = await engine.accept(retried);
    expect(events.map(({ kind }) => kind)).toEqual(["duplicate", "duplicate"]);
    expect(events.map(({ id }) => id)).toEqual(batch.events.map(({ event }) => event.id));
    expect(conflict).toBe(false);
    expect((await engine.request(retried.request.id))?.outcome).toBe("duplicate");
    expect(String(await engine.body(retried.request.id))).toBe("[1,2]");
  });
  behaviour("keeps its own bytes when its events came in other requests", async ({ engine }) => {
    await engine.accept(anAcceptance({ key: "id:1", body: "1" }));
    await engine.accept(anAcceptance({ key: "id:2", body: "2" }));
    const batch = aBatch([
      { text: "1", key: "id:1" },
      { text: "2", key: "id:2" },
    ]);
    const { events, conflict } = await engine.accept(batch);
    expect(events.map(({ kind }) => kind)).toEqual(["duplicate", "duplicate"]);
    expect(conflict).toBe(false);
    expect(String(await engine.body(batch.request.id))).toBe("[1,2]");
  });
  behaviour("is flagged when one of them has another body", async ({ engine }) => {
    await engine.accept(anAcceptance({ key: "id:1", body: "1" }));
    const batch = aBatch([
      { text: "other", key: "id:1" },
      { text: "2", key: "id:2" },
    ]);
    const { events, conflict } = await engine.accept(batch);
    expect(events.map(({ kind }) => kind)).toEqual(["duplicate", "stored"]);
    expect(conflict).toBe(true);
    expect(String(await engine.body(batch.request.id))).toBe("[other,2]");
    expect(await engine.counts()).toMatchObject({ events: 2, deliveries: { ready: 2 } });
  });
}
