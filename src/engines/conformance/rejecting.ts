import { expect } from "vitest";
import type { Engine } from "../../core/engine.ts";
import {
  anAcceptance,
  aRejection,
  aRequest,
  binary,
  eventOf,
  releaseOf,
  start,
} from "./builders.ts";
import { type Group, type Groups, kindOf, limits, minuteMs, rejected } from "./world.ts";

/** What failed verification, and its release. */
export const rejectionGroups: Groups = [
  ["a rejection", rejections],
  ["a release", releases],
];

function rejections({ behaviour }: Group): void {
  const from = (n: number, source = "shop") => ({ remoteAddress: `198.51.100.${n}`, source });
  const keep = (engine: Engine, n: number, source?: string) =>
    engine.reject(aRejection(from(n, source)));
  const keptFrom = async (engine: Engine, n: number) => {
    const { items } = await engine.requests(
      { outcome: "rejected", source: "shop" },
      { limit: 100 },
    );
    return items.filter(({ remoteAddress }) => remoteAddress === from(n).remoteAddress).length;
  };
  behaviour("is kept with its reason and bytes", async ({ engine }) => {
    const rejection = aRejection({ body: binary(256), code: "TIMESTAMP_TOO_OLD" });
    expect(await engine.reject(rejection)).toBe(true);
    const { body, ...request } = rejection.request;
    const kept = await engine.request(request.id);
    expect(kept).toMatchObject({ ...request, outcome: "rejected", bodyBytes: 256, eventIds: [] });
    expect(kept).toMatchObject({ code: "TIMESTAMP_TOO_OLD", detail: "no secret fits" });
    expect(kept?.assurance).toBeUndefined();
    expect((await engine.body(request.id))?.equals(body)).toBe(true);
  });
  behaviour("keeps to the bound of its address", async ({ engine }) => {
    expect([await keep(engine, 1), await keep(engine, 2)]).toEqual([true, true]);
    for (let n = 0; n < 6; n += 1) await keep(engine, 1);
    expect(await keptFrom(engine, 1)).toBe(limits.rejectedPerAddress);
    expect(await keptFrom(engine, 2)).toBe(1);
    expect(await keep(engine, 1, "other")).toBe(true);
    expect((await engine.counts()).requests.rejected).toBe(4);
  });
  behaviour("keeps to the bound of its source", async ({ engine }) => {
    for (let n = 0; n < 9; n += 1) await keep(engine, n);
    expect((await engine.counts()).requests.rejected).toBe(limits.rejectedPerSource);
    expect(await keep(engine, 9, "other")).toBe(true);
    expect((await engine.counts()).requests.rejected).toBe(limits.rejectedPerSource + 1);
  });
  behaviour("says false only of what is not kept", async ({ engine }) => {
    for (let n = 0; n < 9; n += 1) {
      const rejection = aRejection(from(n % 3));
      const isKept = await engine.reject(rejection);
      expect((await engine.request(rejection.request.id)) !== undefined).toBe(isKept);
    }
  });
  behaviour("stays within bounds when many come at once", async ({ engine }) => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => keep(engine, n % 4)));
    expect((await engine.counts()).requests.rejected).toBe(limits.rejectedPerSource);
    for (const n of [0, 1, 2, 3]) expect(await keptFrom(engine, n)).toBeLessThanOrEqual(2);
  });
  behaviour("stays within bounds after a restart", async ({ engine, reopen }) => {
    for (let n = 0; n < 5; n += 1) await keep(engine, n);
    const later = await reopen();
    await keep(later, 5);
    expect((await later.counts()).requests.rejected).toBe(limits.rejectedPerSource);
  });
  behaviour("never stands in the way of a good request", async ({ engine }) => {
    for (const n of [1, 1, 1, 2, 3, 4, 5, 6]) await keep(engine, n);
    expect(await kindOf(engine, anAcceptance(from(1)))).toBe("stored");
  });
  behaviour("makes no event, delivery or dedupe key", async ({ engine }) => {
    await engine.reject(aRejection());
    const { events, deliveries } = await engine.counts();
    expect({ events, ready: deliveries.ready }).toEqual({ events: 0, ready: 0 });
  });
}

function releases({ behaviour }: Group): void {
  behaviour("turns a rejected request into an accepted one", async ({ engine, clock }) => {
    const { request } = await rejected(engine, { body: "kept" });
    clock.now += minuteMs;
    const wanted = releaseOf(request, { key: "id:1", to: ["crm", "screens"] });
    const released = await engine.release(wanted);
    expect(released?.events[0]).toMatchObject({ kind: "stored", id: eventOf(wanted).id });
    expect(await engine.event(eventOf(wanted).id)).toEqual(eventOf(wanted));
    expect(await engine.request(request.id)).toMatchObject({
      outcome: "released",
      assurance: "verified",
      receivedAt: start,
      bodyBytes: 4,
      eventIds: [eventOf(wanted).id],
    });
    expect(String(await engine.body(request.id))).toBe("kept");
    expect(await engine.counts()).toMatchObject({
      requests: { rejected: 0, released: 1, accepted: 0 },
      deliveries: { ready: 2 },
    });
  });
  behaviour("happens exactly once", async ({ engine }) => {
    const { request } = await rejected(engine);
    const attempts = [1, 2, 3].map(() => engine.release(releaseOf(request)));
    const done = (await Promise.all(attempts)).filter((released) => released !== undefined);
    expect(done).toHaveLength(1);
    expect(await engine.release(releaseOf(request))).toBeUndefined();
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  behaviour("is undefined for a request that was never rejected", async ({ engine }) => {
    const accepted = anAcceptance();
    await engine.accept(accepted);
    expect(await engine.release(releaseOf(accepted.request))).toBeUndefined();
    expect(await engine.release(releaseOf(aRequest()))).toBeUndefined();
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  behaviour("of what the sender has sent again since delivers nothing", async ({ engine }) => {
    const { request } = await rejected(engine);
    const retried = anAcceptance({ key: "id:1", body: request.body });
    await engine.accept(retried);
    const released = await engine.release(releaseOf(request, { key: "id:1" }));
    expect(released?.events[0]).toMatchObject({ kind: "duplicate", id: eventOf(retried).id });
    expect(released?.conflict).toBe(false);
    expect((await engine.request(request.id))?.outcome).not.toBe("rejected");
    expect(String(await engine.body(request.id))).toBe(String(request.body));
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  behaviour("makes a later retry of the sender a duplicate", async ({ engine }) => {
    const { request } = await rejected(engine);
    const wanted = releaseOf(request, { key: "id:1" });
    await engine.release(wanted);
    const { events } = await engine.accept(anAcceptance({ key: "id:1", body: request.body }));
    expect(events[0]).toMatchObject({ kind: "duplicate", id: eventOf(wanted).id });
  });
  behaviour("makes room for another rejection", async ({ engine }) => {
    const { request } = await rejected(engine);
    await rejected(engine);
    await engine.release(releaseOf(request));
    await rejected(engine);
    expect((await engine.counts()).requests).toMatchObject({ rejected: 2, released: 1 });
  });
}
