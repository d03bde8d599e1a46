import { expect } from "vitest";
import type { Claim } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import {
  again,
  all,
  anAcceptance,
  aRejection,
  binary,
  delivered,
  died,
  eventOf,
  leaseMs,
  skipped,
  start,
} from "./builders.ts";
import { anAnswer, dayMs, type Group, type Groups, kindOf, onlyClaim } from "./world.ts";

/** What outlives leases, crashes and closed engines. */
export const recoveryGroups: Groups = [
  ["a rescue", rescues],
  ["a restart", restarts],
  ["an engine's life", lives],
];

function rescues({ claiming }: Group): void {
  claiming("makes ready what a worker let run out, and only that", async ({ engine, clock }) => {
    await engine.accept(anAcceptance());
    await engine.accept(anAcceptance({ to: ["screens"] }));
    const lost = await onlyClaim(engine);
    await engine.claim("screens", { ...all, leaseMs: 60_000 });
    expect(await engine.rescue()).toBe(0);
    clock.now += leaseMs + 1;
    expect(await engine.rescue()).toBe(1);
    expect(await engine.rescue()).toBe(0);
    expect((await engine.counts()).deliveries).toMatchObject({ ready: 1, leased: 1 });
    const found = await onlyClaim(engine);
    expect(found).toMatchObject({ deliveryId: lost.deliveryId, firstAttemptAt: start });
    expect(found.attempt).toBeGreaterThanOrEqual(lost.attempt);
  });
  claiming("leaves final ones final", async ({ engine, clock }) => {
    for (let n = 0; n < 3; n += 1) await engine.accept(anAcceptance());
    const claimed = await engine.claim("crm", all);
    for (const [at, end] of [delivered, died, skipped].entries()) {
      await engine.settle(end(claimed[at] as Claim, clock.now));
    }
    clock.now += dayMs;
    expect(await engine.rescue()).toBe(0);
    expect((await engine.counts()).deliveries).toMatchObject({ delivered: 1, dead: 1, skipped: 1 });
  });
}

function restarts({ claiming }: Group): void {
  for (const way of ["reopen", "crash"] as const) {
    const after = way === "crash" ? "after a crash" : "after closing";
    claiming(`${after} loses nothing that was answered`, async (world) => {
      const { engine, clock } = world;
      const wanted = Array.from({ length: 20 }, (_, n) => anAcceptance({ body: binary(n * 100) }));
      await Promise.all(wanted.map(engine.accept));
      const kept = await engine.reject(aRejection());
      await engine.put("token", Buffer.from("v"), 0);
      const claim = (await engine.claim("crm", { ...all, limit: 1 }))[0] as Claim;
      await engine.settle(delivered(claim, clock.now));
      const counts = await engine.counts();
      const later = await world[way]();
      expect(await later.counts()).toEqual(counts);
      expect(counts).toMatchObject({ events: 20, requests: { rejected: kept ? 1 : 0 } });
      for (const { request } of wanted) {
        expect((await later.body(request.id))?.equals(request.body)).toBe(true);
      }
      expect(await later.attempts(claim.deliveryId)).toHaveLength(1);
      expect(String((await later.get("token"))?.value)).toBe("v");
      expect(await later.claim("crm", all)).toHaveLength(19);
    });
    claiming(`${after} hands out again what was leased`, async (world) => {
      const { engine, clock } = world;
      await engine.accept(anAcceptance());
      const gone = await onlyClaim(engine);
      const later = await world[way]();
      clock.now += leaseMs + 1;
      await later.rescue();
      expect((await onlyClaim(later)).deliveryId).toBe(gone.deliveryId);
      expect(await later.settle(delivered(gone, clock.now))).toBe("lost");
    });
  }
}

function lives({ behaviour }: Group): void {
  behaviour("has a name and says what it can", async ({ engine }) => {
    const { largestBody, lanes, claims: claimed, once } = engine.capabilities;
    expect(engine.name).not.toBe("");
    expect(largestBody).toBeGreaterThanOrEqual(1_048_576);
    expect([typeof lanes, typeof claimed]).toEqual(["boolean", "boolean"]);
    expect([false, "sql", "dynamodb"]).toContain(once);
  });
  behaviour("migrates again without touching what is there", async ({ engine }) => {
    const kept = anAcceptance({ key: "k" });
    await engine.accept(kept);
    await engine.migrate();
    expect(await engine.event(eventOf(kept).id)).toEqual(eventOf(kept));
    expect(await kindOf(engine, again(kept))).toBe("duplicate");
  });
  behaviour("proves its write path, and keeps nothing of the proof", async ({ engine }) => {
    const counts = await engine.counts();
    await engine.probe();
    await engine.probe();
    expect(await engine.counts()).toEqual(counts);
  });
  behaviour("finishes what it has taken before it closes", async ({ engine, reopen }) => {
    const wanted = Array.from({ length: 30 }, () => anAcceptance());
    const accepted = wanted.map(engine.accept);
    const later = await reopen();
    const kinds = (await Promise.all(accepted)).map(({ events }) => events[0]?.kind);
    expect(kinds).toEqual(wanted.map(() => "stored"));
    expect((await later.counts()).events).toBe(30);
  });
  behaviour("refuses every operation after it has closed", async ({ engine, close }) => {
    const accepted = anAcceptance();
    await engine.accept(accepted);
    await close();
    const { id } = eventOf(accepted);
    const page = { limit: 1 };
    const operations: Record<string, () => unknown> = {
      accept: () => engine.accept(anAcceptance()),
      reject: () => engine.reject(aRejection()),
      release: () => engine.release(anAcceptance()),
      claim: () => engine.claim("crm", all),
      rescue: () => engine.rescue(),
      nextDue: () => engine.nextDue("crm"),
      replay: () => engine.replay([{ eventId: id, destination: "crm" }]),
      pause: () => engine.pause({ destination: "crm", cause: "person", reason: "" }),
      resume: () => engine.resume("crm"),
      cancel: () => engine.cancel(id, ""),
      answer: () => engine.answer(accepted.request.id, anAnswer("")),
      event: () => engine.event(id),
      events: () => engine.events({}, page),
      request: () => engine.request(accepted.request.id),
      body: () => engine.body(accepted.request.id),
      deliveries: () => engine.deliveries({}, page),
      counts: () => engine.counts(),
      get: () => engine.get("token"),
      put: () => engine.put("token", Buffer.alloc(1), 0),
      prune: () => engine.prune({ before: start, limit: 1 }),
      probe: () => engine.probe(),
    };
    const wrong: string[] = [];
    for (const [name, run] of Object.entries(operations)) {
      const end = await (async () => run())().catch((error: unknown) => error);
      if (!(end instanceof GatewayError)) wrong.push(name);
    }
    expect(wrong).toEqual([]);
  });
}
