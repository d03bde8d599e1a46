/**
 * The conformance suite of the engine contract: what each engine must do, in sentences. An engine's
 * own test is `engineConformance("sqlite", { open, reopen })`; every behaviour runs in a store of its
 * own under a clock that the suite moves, so nothing sleeps. A skip names its test and gives a reason.
 */
import fc from "fast-check";
import type { TestContext } from "vitest";
import { beforeAll, describe, expect, it } from "vitest";
import type { Acceptance, Claim, Engine } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
import { type DeliveryState, requestOutcomes } from "../core/lifecycle.ts";
import type { Delivery } from "../core/types.ts";
import { keptAnswers } from "./conformance-answers.ts";
import {
  aBatch,
  again,
  all,
  anAcceptance,
  aRejection,
  aRequest,
  binary,
  delivered,
  died,
  eventOf,
  failed,
  interrupted,
  leaseMs,
  newId,
  outcomes,
  pages,
  releaseOf,
  shareIds,
  skipped,
  start,
} from "./conformance-builders.ts";
import type { Step } from "./conformance-model.ts";
import { follow, stepKinds } from "./conformance-model.ts";

/** Bounds with which the suite opens engines: small, so that they are reached. */
export type Limits = { readonly rejectedPerSource: number; readonly rejectedPerAddress: number };

/** How the suite gets at an engine. */
export type EngineHarness = {
  /** Opens a new, empty store. */
  readonly open: (clock: () => number, limits: Limits) => Promise<Engine>;
  /** Closes an engine and opens its store again. */
  readonly reopen?: (engine: Engine, clock: () => number, limits: Limits) => Promise<Engine>;
  /** Leaves an engine as a killed process would, and opens its store again. */
  readonly crash?: (engine: Engine, clock: () => number, limits: Limits) => Promise<Engine>;
  /** Reasons by the names of tests, or of whole groups, that an engine can't pass. */
  readonly skips?: Readonly<Record<string, string>>;
};

/** One engine over one store, and the clock it reads. */
type World = {
  readonly engine: Engine;
  readonly clock: { now: number };
  readonly close: () => Promise<void>;
  readonly reopen: () => Promise<Engine>;
  readonly crash: () => Promise<Engine>;
  /** Another store of the same kind. */
  readonly another: () => Promise<World>;
};

type Check = (world: World) => Promise<void>;
/** Registers one behaviour of a group. */
type Behaviour = (name: string, check: Check) => void;
/** What a group registers with; `claiming` is for behaviours that need `claim`. */
type Group = { readonly behaviour: Behaviour; readonly claiming: Behaviour };

const limits: Limits = { rejectedPerSource: 5, rejectedPerAddress: 2 };
/** A slow disk syncs some hundred times a second; the longest test commits some thousand times. */
const testTimeoutMs = 120_000;
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Both must hold: ingest makes the first way, a batch and other callers the second. */
const waysOfIds = [
  ["an event by its request's id", true],
  ["an event by an id of its own", false],
] as const;

/** The suite. `name` is the engine's. */
export function engineConformance(name: string, harness: EngineHarness): void {
  const skips = harness.skips ?? {};
  const known = new Set<string>();
  const register = (title: string, needsClaims: boolean): Behaviour => {
    known.add(title);
    return (sentence, check) => {
      known.add(sentence);
      const reason = skips[sentence] ?? skips[title];
      const run = async (context: TestContext) => {
        if (reason !== undefined) return context.skip(reason);
        const world = await openWorld(harness, context);
        try {
          const { capabilities } = world.engine;
          if (needsClaims && !capabilities.claims) return context.skip("a queue pushes deliveries");
          await check(world);
        } finally {
          await world.close();
        }
      };
      it(sentence, run, testTimeoutMs);
    };
  };
  for (const [way, isShared] of waysOfIds) {
    describe(`${name} engine, ${way}`, () => {
      beforeAll(() => shareIds(isShared));
      for (const [title, group] of groups) {
        const words = { behaviour: register(title, false), claiming: register(title, true) };
        describe(title, () => group(words));
      }
    });
  }
  describe(`${name} engine`, () => {
    it("skips nothing that the suite does not have", () => {
      expect(Object.keys(skips).filter((skip) => !known.has(skip))).toEqual([]);
    });
  });
}

async function openWorld(harness: EngineHarness, context: TestContext): Promise<World> {
  const clock = { now: start };
  const read = () => clock.now;
  let engine: Engine | undefined = await harness.open(read, limits);
  await engine.migrate();
  const current = (): Engine => {
    if (engine === undefined) throw new Error("this world's engine is closed");
    return engine;
  };
  const through = (way: "reopen" | "crash") => async () => {
    const again = harness[way];
    if (again === undefined) return context.skip(`the harness can't ${way}`);
    const old = current();
    engine = undefined;
    engine = await again(old, read, limits);
    return engine;
  };
  return {
    get engine() {
      return current();
    },
    clock,
    close: async () => {
      const old = engine;
      engine = undefined;
      await old?.close();
    },
    reopen: through("reopen"),
    crash: through("crash"),
    another: () => openWorld(harness, context),
  };
}

const groups: readonly (readonly [title: string, register: (group: Group) => void])[] = [
  ["an acceptance", acceptances],
  ["bytes and headers", bytesAndHeaders],
  ["a duplicate", duplicates],
  ["a dedupe key", dedupeKeys],
  ["a conflict", conflicts],
  ["accepting the same event id again", repeats],
  ["many acceptances at once", crowds],
  ["a batch request", batches],
  ["a batch request with repeats", batchRepeats],
  ["an answer", answers],
  ["an answer of a source's module", keptAnswers],
  ["a rejection", rejections],
  ["a release", releases],
  ["a claim", claims],
  ["a claim's bounds", claimBounds],
  ["a parcel", parcels],
  ["a pause", pauses],
  ["a pause that ends", pauseEnds],
  ["the next due time", nextDueTimes],
  ["a settlement", settlements],
  ["an interruption", interruptions],
  ["a lost lease", lostLeases],
  ["a rescue", rescues],
  ["a restart", restarts],
  ["the archive's list", archiveLists],
  ["a replay", replays],
  ["a cancellation", cancellations],
  ["a rate", rates],
  ["a listing of events", eventListings],
  ["type globs of a listing", typeGlobs],
  ["a listing of requests", requestListings],
  ["a listing of deliveries", deliveryListings],
  ["a cursor", cursors],
  ["counts and attempts", countsAndAttempts],
  ["a sealed value", sealedValues],
  ["a topic", topics],
  ["retention", retentions],
  ["retention in bites", retentionBites],
  ["retention and repeats", retentionOfKeys],
  ["an engine's life", lives],
  ["the lifecycle", lifecycles],
];

function acceptances({ behaviour }: Group): void {
  behaviour("is stored with its request, event and deliveries", async ({ engine }) => {
    const wanted = anAcceptance({ to: ["crm", "screens"], key: "id:1" });
    const event = eventOf(wanted);
    const { events, answer, conflict } = await engine.accept(wanted);
    expect(events).toEqual([
      { kind: "stored", id: event.id, providerEventId: undefined, validity: "valid" },
    ]);
    expect({ answer, conflict }).toEqual({ answer: undefined, conflict: false });
    const { body, ...request } = wanted.request;
    expect(await engine.request(request.id)).toMatchObject({
      ...request,
      outcome: "accepted",
      assurance: "verified",
      bodyBytes: body.length,
      eventIds: [event.id],
    });
    expect(await engine.event(event.id)).toEqual(event);
    expect((await deliveriesOf(engine, event.id)).map(({ destination }) => destination)).toEqual([
      "crm",
      "screens",
    ]);
  });
  behaviour("makes deliveries that are ready and due at once", async ({ engine, clock }) => {
    const wanted = anAcceptance();
    await engine.accept(wanted);
    const delivery = await onlyDelivery(engine, wanted);
    expect(delivery).toMatchObject({ state: "ready", origin: "route", attempts: 0 });
    expect(delivery).toMatchObject({ createdAt: clock.now, dueAt: clock.now });
    expect(delivery).toMatchObject({ eventId: eventOf(wanted).id, destination: "crm" });
    const { firstAttemptAt, settledAt, reason, laneKey, held } = delivery;
    expect([firstAttemptAt, settledAt, reason, laneKey, held]).toEqual(Array(5).fill(undefined));
    expect(await engine.delivery(delivery.id)).toEqual(delivery);
  });
  behaviour("keeps every field of its event", async ({ engine }) => {
    const full = { providerEventId: "evt_1", occurredAt: start - 5_000, end: 9, start: 2 };
    const wanted = anAcceptance({
      params: { tenant: "acme" },
      event: { ...full, assurance: "unsigned", secretName: undefined, validity: "invalid" },
    });
    const { events } = await engine.accept(wanted);
    expect(events[0]).toMatchObject({ providerEventId: "evt_1", validity: "invalid" });
    expect(await engine.event(eventOf(wanted).id)).toEqual(eventOf(wanted));
  });
  behaviour("may owe nothing to anybody, and may tell no event", async ({ engine }) => {
    const owesNothing = anAcceptance({ to: [] });
    const tellsNothing: Acceptance = { ...anAcceptance(), events: [] };
    await engine.accept(owesNothing);
    expect(await engine.accept(tellsNothing)).toMatchObject({ events: [], conflict: false });
    expect(await deliveriesOf(engine, eventOf(owesNothing).id)).toEqual([]);
    expect(await engine.request(tellsNothing.request.id)).toMatchObject({
      outcome: "accepted",
      eventIds: [],
    });
  });
  behaviour("keeps a delivery's lane", async ({ engine }) => {
    const plain = anAcceptance();
    const [only] = plain.events;
    if (only === undefined) throw new Error("an acceptance without event");
    const deliveries = [{ destination: "crm", laneKey: "customer 7" }];
    await engine.accept({ ...plain, events: [{ ...only, deliveries }] });
    expect(await onlyDelivery(engine, plain)).toMatchObject({ laneKey: "customer 7" });
  });
  behaviour("yields nothing for ids that are not there", async ({ engine }) => {
    const id = newId();
    const found = [engine.event(id), engine.request(id), engine.body(id), engine.delivery(id)];
    expect(await Promise.all(found)).toEqual(Array(4).fill(undefined));
    expect(await engine.attempts(id)).toEqual([]);
  });
}

function bytesAndHeaders({ behaviour }: Group): void {
  const bodies = {
    "an empty body": Buffer.alloc(0),
    "a body of all 256 byte values": binary(256),
    "a binary body of 1 MiB": binary(1_048_576),
    "a body that is not UTF-8": Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
    "a body with a byte order mark and line breaks": Buffer.from("\ufeff{\r\n}\n", "utf8"),
  };
  for (const [what, body] of Object.entries(bodies)) {
    behaviour(`${what} is kept byte for byte`, async ({ engine }) => {
      const wanted = anAcceptance({ body });
      await engine.accept(wanted);
      expect((await engine.body(wanted.request.id))?.equals(body)).toBe(true);
      expect((await engine.request(wanted.request.id))?.bodyBytes).toBe(body.length);
    });
  }
  behaviour("a body is kept as it was, whatever its buffer holds later", async ({ engine }) => {
    const whole = Buffer.from("before|the body|after");
    const wanted = anAcceptance({ body: whole.subarray(7, 15) });
    await engine.accept(wanted);
    whole.fill(0);
    expect(String(await engine.body(wanted.request.id))).toBe("the body");
  });
  behaviour("headers keep spelling, order, repeats and any character", async ({ engine }) => {
    const headers = ["X-Odd-cASING", "1", "x-latin", "caf\u00e9", "X-Far", "日本 ☕ 😀"];
    const odd = [...headers, "Set", "a", "set", "b", "Set", "a", "x-empty", "", "x-quote", `'";\\`];
    const wanted = anAcceptance({ headers: odd });
    await engine.accept(wanted);
    expect((await engine.request(wanted.request.id))?.headers).toEqual(odd);
  });
  behaviour("parameters, query, path and method are kept as they came", async ({ engine }) => {
    const request = {
      params: { tenant: 'Zoë\'s "shop"', region: "日本" },
      query: "a=1&b=%20&b=2&&c",
      path: "/webhooks/Zo%C3%AB/%2F",
      method: "PUT",
      remoteAddress: "2001:db8::1",
      headers: [],
    };
    const wanted = anAcceptance(request);
    await engine.accept(wanted);
    expect(await engine.request(wanted.request.id)).toMatchObject(request);
    expect((await engine.event(eventOf(wanted).id))?.params).toEqual(request.params);
  });
}

function duplicates({ behaviour, claiming }: Group): void {
  behaviour("gets the first one's ids and answer", async ({ engine }) => {
    const answer = { status: 202, body: "ok", contentType: "text/plain", headers: { "x-a": "1" } };
    const event = { providerEventId: "evt_1", validity: "invalid" } as const;
    const first = anAcceptance({ key: "id:1", answer, event });
    const original = await engine.accept(first);
    const second = again(first);
    const { events, ...rest } = await engine.accept({ ...second, answer: undefined });
    expect(original).toMatchObject({ answer, conflict: false });
    expect(rest).toEqual({ answer, conflict: false });
    expect(events).toEqual([{ ...event, kind: "duplicate", id: eventOf(first).id }]);
  });
  behaviour("leaves a receipt that reads the first one's body", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "id:1", body: binary(300) });
    await engine.accept(first);
    clock.now += 5;
    const second = again(first, { at: clock.now, headers: ["X-Retry", "1"] });
    await engine.accept(second);
    const receipt = await engine.request(second.request.id);
    expect(receipt).toMatchObject({ outcome: "duplicate", bodyBytes: 300 });
    expect(receipt).toMatchObject({ receivedAt: clock.now, headers: ["X-Retry", "1"] });
    expect(receipt?.eventIds).toEqual([eventOf(first).id]);
    expect((await engine.body(second.request.id))?.equals(binary(300))).toBe(true);
  });
  behaviour("makes no second event and no second delivery", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    const second = again(first);
    await engine.accept(second);
    expect(await engine.event(eventOf(second).id)).toBeUndefined();
    expect(await deliveriesOf(engine, eventOf(second).id)).toEqual([]);
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  claiming("stays one after the first was delivered", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    await engine.settle(delivered(await onlyClaim(engine), clock.now));
    expect(await kindOf(engine, again(first))).toBe("duplicate");
    expect(await engine.claim("crm", all)).toEqual([]);
  });
  behaviour("stays one after a restart", async ({ engine, reopen }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    const later = await reopen();
    const { events } = await later.accept(again(first));
    expect(events[0]).toMatchObject({ kind: "duplicate", id: eventOf(first).id });
  });
}

function dedupeKeys({ behaviour }: Group): void {
  behaviour("counts until it expires and not after", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "id:1", expiresAt: start + minuteMs });
    await engine.accept(first);
    clock.now = start + minuteMs - 1;
    expect(await kindOf(engine, again(first, { at: clock.now }))).toBe("duplicate");
    clock.now = start + minuteMs + 1;
    const next = anAcceptance({ key: "id:1", at: clock.now });
    expect(await kindOf(engine, next)).toBe("stored");
    expect(await deliveriesOf(engine, eventOf(next).id)).toHaveLength(1);
    const { events } = await engine.accept(again(next));
    expect(events[0]).toMatchObject({ kind: "duplicate", id: eventOf(next).id });
  });
  behaviour("is not prolonged by a duplicate", async ({ engine, clock }) => {
    const first = anAcceptance({ key: "id:1", expiresAt: start + minuteMs });
    await engine.accept(first);
    clock.now += minuteMs / 2;
    await engine.accept(anAcceptance({ key: "id:1", at: clock.now }));
    clock.now += minuteMs;
    expect(await kindOf(engine, anAcceptance({ key: "id:1", at: clock.now }))).toBe("stored");
  });
  behaviour("that is missing makes every event new", async ({ engine }) => {
    const first = anAcceptance();
    const kinds = [await kindOf(engine, first), await kindOf(engine, again(first))];
    expect(kinds).toEqual(["stored", "stored"]);
    expect(await engine.counts()).toMatchObject({ events: 2, deliveries: { ready: 2 } });
  });
  behaviour("counts within its source only", async ({ engine }) => {
    const shop = anAcceptance({ key: "id:1" });
    const kinds = [
      await kindOf(engine, shop),
      await kindOf(engine, again(shop, { source: "other" })),
    ];
    expect(kinds).toEqual(["stored", "stored"]);
  });
  behaviour("is told apart by case, spaces and far characters", async ({ engine }) => {
    const keys = [
      "id:a",
      "id:A",
      "id:a ",
      "id:\u00e4",
      "id:a\u0308",
      "id:😀",
      "id:1",
      "id:01",
      "id:",
    ];
    const kinds: string[] = [];
    for (const key of keys) kinds.push(await kindOf(engine, anAcceptance({ key })));
    expect(kinds).toEqual(keys.map(() => "stored"));
  });
}

function conflicts({ behaviour }: Group): void {
  behaviour("is flagged, and answered as the first was", async ({ engine }) => {
    const answer = { status: 200, body: "first" };
    const first = anAcceptance({ key: "id:1", answer, body: "one" });
    await engine.accept(first);
    const other = anAcceptance({ key: "id:1", body: "two" });
    const { events, ...rest } = await engine.accept(other);
    expect(rest).toEqual({ answer, conflict: true });
    expect(events[0]).toMatchObject({ kind: "duplicate", id: eventOf(first).id });
  });
  behaviour("is kept with its own bytes and not delivered", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1", body: "one" });
    await engine.accept(first);
    const other = anAcceptance({ key: "id:1", body: "twos" });
    await engine.accept(other);
    const kept = await engine.request(other.request.id);
    expect(kept).toMatchObject({ outcome: "conflict", bodyBytes: 4 });
    expect(String(await engine.body(other.request.id))).toBe("twos");
    expect(String(await engine.body(first.request.id))).toBe("one");
    expect(await deliveriesOf(engine, eventOf(other).id)).toEqual([]);
    expect(await engine.counts()).toMatchObject({
      requests: { accepted: 1, conflict: 1, duplicate: 0 },
      events: 1,
      deliveries: { ready: 1 },
    });
  });
  behaviour("changes nothing for what comes after it", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1", body: "one" });
    await engine.accept(first);
    await engine.accept(anAcceptance({ key: "id:1", body: "two" }));
    expect((await engine.accept(again(first))).conflict).toBe(false);
    expect((await engine.accept(anAcceptance({ key: "id:1", body: "two" }))).conflict).toBe(true);
  });
  behaviour("is seen in bodies of equal length", async ({ engine }) => {
    const [one, two] = [binary(4_096), binary(4_096)];
    two.writeUInt8(one.readUInt8(4_095) ^ 1, 4_095);
    await engine.accept(anAcceptance({ key: "id:1", body: one }));
    expect((await engine.accept(anAcceptance({ key: "id:1", body: two }))).conflict).toBe(true);
  });
}

function repeats({ behaviour, claiming }: Group): void {
  behaviour("says stored and doubles nothing", async ({ engine }) => {
    const wanted = anAcceptance({ key: "id:1", to: ["crm", "screens"], answer: anAnswer("a") });
    const first = await engine.accept(wanted);
    expect(await engine.accept(wanted)).toEqual(first);
    expect(first.events[0]?.kind).toBe("stored");
    expect(await engine.counts()).toMatchObject({
      requests: { accepted: 1, duplicate: 0 },
      events: 1,
      deliveries: { ready: 2 },
    });
  });
  behaviour("needs no dedupe key", async ({ engine }) => {
    const wanted = anAcceptance();
    const first = await engine.accept(wanted);
    expect(await engine.accept(wanted)).toEqual(first);
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  behaviour("is stored once while the first is under way", async ({ engine }) => {
    const wanted = anAcceptance({ key: "id:1" });
    const results = await Promise.all([1, 2, 3].map(() => engine.accept(wanted)));
    expect(results.map(({ events }) => events[0]?.kind)).toEqual(["stored", "stored", "stored"]);
    expect(await engine.counts()).toMatchObject({ events: 1, deliveries: { ready: 1 } });
  });
  claiming("leaves a delivery that went on where it is", async ({ engine, clock }) => {
    const wanted = anAcceptance({ key: "id:1" });
    await engine.accept(wanted);
    await engine.settle(delivered(await onlyClaim(engine), clock.now));
    expect(await kindOf(engine, wanted)).toBe("stored");
    expect(await engine.counts()).toMatchObject({ deliveries: { ready: 0, delivered: 1 } });
  });
  behaviour("holds for a whole batch, and after a restart", async ({ engine, reopen }) => {
    const batch = aBatch([{ text: '{"n":1}', key: "id:1" }, { text: '{"n":2}' }]);
    const first = await engine.accept(batch);
    const later = await reopen();
    expect(await later.accept(batch)).toEqual(first);
    expect(await later.counts()).toMatchObject({ events: 2, deliveries: { ready: 2 } });
  });
}

function crowds({ behaviour }: Group): void {
  behaviour("are each stored", async ({ engine }) => {
    const wanted = Array.from({ length: 300 }, (_, n) => anAcceptance({ key: `id:${n}` }));
    const results = await Promise.all(wanted.map(engine.accept));
    expect(results.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(
      wanted.map((acceptance) => eventOf(acceptance).id),
    );
    expect(await engine.counts()).toMatchObject({ events: 300, deliveries: { ready: 300 } });
  });
  behaviour("with one key store exactly one", async ({ engine }) => {
    const wanted = Array.from({ length: 50 }, () => anAcceptance({ key: "id:1" }));
    const results = await Promise.all(wanted.map(engine.accept));
    const events = results.flatMap((result) => result.events);
    expect(events.filter(({ kind }) => kind === "stored")).toHaveLength(1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
    expect(await engine.counts()).toMatchObject({
      requests: { accepted: 1, duplicate: 49 },
      events: 1,
      deliveries: { ready: 1 },
    });
  });
  behaviour("with one key and several bodies keep every body", async ({ engine }) => {
    const wanted = Array.from({ length: 12 }, (_, n) =>
      anAcceptance({ key: "k", body: `${n % 3}` }),
    );
    await Promise.all(wanted.map(engine.accept));
    const bodies = await Promise.all(wanted.map(({ request }) => engine.body(request.id)));
    expect(bodies.map(String)).toEqual(wanted.map(({ request }) => String(request.body)));
    expect((await engine.counts()).requests).toMatchObject({
      accepted: 1,
      duplicate: 3,
      conflict: 8,
    });
  });
  behaviour("stand by themselves when one of them can't be kept", async ({ engine }) => {
    const taken = anAcceptance();
    await engine.accept(taken);
    const good = Array.from({ length: 20 }, () => anAcceptance());
    const sameRequest = anAcceptance({ id: taken.request.id, event: { id: newId() } });
    const broken = anAcceptance({ to: [undefined as unknown as string] });
    const mixed = [...good.slice(0, 10), sameRequest, broken, ...good.slice(10)];
    const results = await Promise.allSettled(mixed.map(engine.accept));
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result] : []));
    expect(refused.map(({ reason }) => reason instanceof GatewayError)).toEqual([true, true]);
    for (const acceptance of good) {
      expect(await engine.event(eventOf(acceptance).id)).toEqual(eventOf(acceptance));
    }
    expect(await engine.event(eventOf(sameRequest).id)).toBeUndefined();
    expect(await engine.event(eventOf(broken).id)).toBeUndefined();
    expect(await engine.request(broken.request.id)).toBeUndefined();
    expect(await engine.counts()).toMatchObject({ events: 21, deliveries: { ready: 21 } });
  });
}

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

function answers({ behaviour }: Group): void {
  behaviour("that is kept with an acceptance returns to duplicates", async ({ engine, reopen }) => {
    const answer = { ...anAnswer("pong ☕"), contentType: "text/plain", headers: { "X-A": "é" } };
    const first = anAcceptance({ key: "id:1", answer });
    await engine.accept(first);
    const later = await reopen();
    expect((await later.accept(again(first))).answer).toEqual(answer);
  });
  behaviour("that is given later returns to duplicates", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    expect((await engine.accept(again(first))).answer).toBeUndefined();
    await engine.answer(first.request.id, anAnswer("late"));
    expect((await engine.accept(again(first))).answer).toEqual(anAnswer("late"));
  });
  behaviour("that is given later returns to a repeat of the same event id", async ({ engine }) => {
    const wanted = anAcceptance();
    await engine.accept(wanted);
    await engine.answer(wanted.request.id, anAnswer("late"));
    expect((await engine.accept(wanted)).answer).toEqual(anAnswer("late"));
  });
  behaviour("of a duplicate is never its own", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1", answer: anAnswer("first") });
    await engine.accept(first);
    const second = again({ ...first, answer: anAnswer("second") });
    expect((await engine.accept(second)).answer).toEqual(anAnswer("first"));
    expect((await engine.accept(again(first))).answer).toEqual(anAnswer("first"));
  });
}

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

function rates({ behaviour }: Group): void {
  const rate = { tokens: 10, perMs: 1_000 };
  behaviour("may be spent at once and then says how long to wait", async ({ engine, clock }) => {
    for (let n = 0; n < 10; n += 1) expect(await engine.take("b", rate, 1)).toBe(0);
    const wait = await engine.take("b", rate, 1);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(100);
    clock.now += Math.ceil(wait);
    expect(await engine.take("b", rate, 1)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
  });
  behaviour("refills by the clock, and no further than its size", async ({ engine, clock }) => {
    await engine.take("b", rate, 10);
    clock.now += 500;
    expect(await engine.take("b", rate, 5)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
    clock.now += dayMs;
    expect(await engine.take("b", rate, 10)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
  });
  behaviour("takes nothing when it refuses", async ({ engine }) => {
    await engine.take("b", rate, 8);
    expect(await engine.take("b", rate, 3)).toBeGreaterThan(0);
    expect(await engine.take("b", rate, 2)).toBe(0);
  });
  behaviour("takes back what is given back, and no more than its size", async ({ engine }) => {
    await engine.take("b", rate, 10);
    expect(await engine.take("b", rate, -1)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
    await engine.take("b", rate, -100);
    expect(await engine.take("b", rate, 10)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
  });
  behaviour("has a bucket for each name", async ({ engine }) => {
    await engine.take("b", rate, 10);
    expect(await engine.take("b:duplicates", rate, 10)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
  });
  behaviour("is never overspent by many at once", async ({ engine }) => {
    const takes = Array.from({ length: 40 }, async () => engine.take("b", rate, 1));
    expect((await Promise.all(takes)).filter((wait) => wait === 0)).toHaveLength(10);
  });
}

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

function sealedValues({ behaviour }: Group): void {
  behaviour("is put once where there was none, and read back", async ({ engine }) => {
    expect(await engine.get("token")).toBeUndefined();
    expect(await engine.put("token", binary(300), 0)).toBe(true);
    const kept = await engine.get("token");
    expect(Buffer.isBuffer(kept?.value) && kept.value.equals(binary(300))).toBe(true);
    expect(kept?.version).toBeGreaterThan(0);
    expect(await engine.put("token", Buffer.from("other"), 0)).toBe(false);
    expect((await engine.get("token"))?.value.equals(binary(300))).toBe(true);
    expect(await engine.get("Token")).toBeUndefined();
  });
  behaviour("changes only for who knows its version", async ({ engine }) => {
    await engine.put("token", Buffer.from("1"), 0);
    const first = (await engine.get("token"))?.version ?? 0;
    expect(await engine.put("token", Buffer.from("2"), first)).toBe(true);
    const second = (await engine.get("token"))?.version ?? 0;
    expect(second).not.toBe(first);
    expect(await engine.put("token", Buffer.from("3"), first)).toBe(false);
    expect(await engine.put("token", Buffer.from("3"), second + 7)).toBe(false);
    expect(await engine.put("unknown", Buffer.from("3"), 1)).toBe(false);
    expect(await engine.get("unknown")).toBeUndefined();
    expect(String((await engine.get("token"))?.value)).toBe("2");
  });
  behaviour("is won by exactly one of many", async ({ engine }) => {
    for (let round = 0; round < 3; round += 1) {
      const version = (await engine.get("token"))?.version ?? 0;
      const puts = Array.from({ length: 20 }, (_, n) =>
        engine.put("token", Buffer.from(`${round}:${n}`), version),
      );
      const won = (await Promise.all(puts)).flatMap((done, n) => (done ? [`${round}:${n}`] : []));
      expect(won).toHaveLength(1);
      expect(String((await engine.get("token"))?.value)).toBe(won[0]);
    }
  });
  behaviour("may be empty", async ({ engine }) => {
    await engine.put("token", Buffer.alloc(0), 0);
    expect((await engine.get("token"))?.value).toHaveLength(0);
  });
}

function topics({ behaviour }: Group): void {
  /** A listener, and a promise of its next message. */
  const inbox = (engine: Engine, topic: string) => {
    const heard: string[] = [];
    let wake: () => void = () => {};
    const unlisten = engine.listen(topic, (message) => {
      heard.push(message);
      wake();
    });
    const until = (count: number): Promise<void> =>
      heard.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            wake = resolve;
          }).then(() => until(count));
    return { heard, unlisten, until };
  };
  behaviour("reaches everyone who listens to it, in order", async ({ engine }) => {
    const [one, two, other] = [inbox(engine, "a"), inbox(engine, "a"), inbox(engine, "b")];
    for (const text of ["1", '{"☕":"é"}', ""]) await engine.publish("a", text);
    await engine.publish("b", "b");
    await Promise.all([one.until(3), two.until(3), other.until(1)]);
    expect([one.heard, two.heard]).toEqual([
      ["1", '{"☕":"é"}', ""],
      ["1", '{"☕":"é"}', ""],
    ]);
    expect(other.heard).toEqual(["b"]);
  });
  behaviour("is silent for who stopped listening", async ({ engine }) => {
    const [gone, stays] = [inbox(engine, "a"), inbox(engine, "a")];
    await engine.publish("a", "1");
    await Promise.all([gone.until(1), stays.until(1)]);
    gone.unlisten();
    gone.unlisten();
    await engine.publish("a", "2");
    await stays.until(2);
    expect([gone.heard, stays.heard]).toEqual([["1"], ["1", "2"]]);
  });
  behaviour("may have nobody who listens", async ({ engine }) => {
    await expect(engine.publish("nobody", "1")).resolves.toBeUndefined();
  });
}

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

function lifecycles({ claiming }: Group): void {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom(...stepKinds),
    pick: fc.nat({ max: 1_000 }),
    amount: fc.integer({ min: 1, max: 6 }),
  });
  claiming("is kept by every delivery through any run of operations", async ({ another }) => {
    const steps = fc.array(step, { minLength: 5, maxLength: 60, size: "max" });
    const run = fc.asyncProperty(steps, async (taken) => {
      const { engine, clock, close } = await another();
      try {
        await follow(engine, clock, taken);
      } finally {
        await close();
      }
    });
    await fc.assert(run, { numRuns: 40 });
  });
}

async function deliveriesOf(engine: Engine, eventId: string): Promise<readonly Delivery[]> {
  const { items } = await engine.deliveries({ eventId }, { limit: 100 });
  return [...items].sort((a, b) => (a.destination < b.destination ? -1 : 1));
}

async function onlyDelivery(engine: Engine, acceptance: Acceptance): Promise<Delivery> {
  const found = await deliveriesOf(engine, eventOf(acceptance).id);
  expect(found).toHaveLength(1);
  return found[0] as Delivery;
}

async function onlyClaim(engine: Engine, destination = "crm"): Promise<Claim> {
  const found = await engine.claim(destination, all);
  expect(found).toHaveLength(1);
  return found[0] as Claim;
}

async function kindOf(engine: Engine, acceptance: Acceptance): Promise<string> {
  const { events } = await engine.accept(acceptance);
  expect(events).toHaveLength(1);
  return events[0]?.kind ?? "none";
}

async function rejected(engine: Engine, words: Parameters<typeof aRejection>[0] = {}) {
  const rejection = aRejection(words);
  expect(await engine.reject(rejection)).toBe(true);
  return rejection;
}

/** Prunes until nothing is left to prune; how many rows that were. */
async function pruneAll(engine: Engine, before: number, limit = 50): Promise<number> {
  let total = 0;
  for (let turn = 0; turn < 200; turn += 1) {
    const removed = await engine.prune({ before, limit });
    if (removed === 0) return total;
    total += removed;
  }
  throw new Error("pruning has no end");
}

function anAnswer(body: string) {
  return { status: 200, body };
}
