/** A destination's loop over a real store: settlements that it can't take, and stops. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DeliveryLoop } from "../../src/app/worker.ts";
import type { Engine } from "../../src/core/engine.ts";
import { patientRetry } from "../../src/core/retry.ts";
import type { Outcome } from "../../src/core/types.ts";
import { codeKind } from "../../src/destinations/code.ts";
import { anAcceptance, eventOf, start } from "../../src/engines/conformance/builders.ts";
import { openSqlite } from "../../src/engines/sqlite/index.ts";
import { until } from "../support/until.ts";

const timeoutMs = 1_000;
let folder: string;
let engine: Engine;
let clock: { now: number };
let lines: string[];
let loops: DeliveryLoop[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "surehook-worker-"));
  clock = { now: start };
  lines = [];
  loops = [];
  engine = await openStore();
});

afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.stop(0)));
  await engine.close();
  rmSync(folder, { recursive: true });
});

const path = () => join(folder, "store.db");
const openStore = () => openSqlite({ path: path(), role: "gateway", clock: () => clock.now });

/** A loop whose destination is the test's: each parcel waits until the test says how it went. */
function openLoop(concurrency: number) {
  const sent: { readonly deliveryId: string; readonly end: (outcome: Outcome) => void }[] = [];
  const line = (_: object, text: string) => void lines.push(text);
  const loop = new DeliveryLoop({
    engine,
    destination: {
      name: "crm",
      type: codeKind,
      options: {},
      pacing: { concurrency, timeoutMs, retry: patientRetry },
    },
    open: {
      send: ({ deliveryId }, signal) =>
        new Promise((resolve) => {
          sent.push({ deliveryId, end: resolve });
          signal.addEventListener("abort", () =>
            resolve({ kind: "failed", code: "DESTINATION_TIMEOUT", detail: "broken off" }),
          );
        }),
      close: async () => undefined,
    },
    log: { debug: line, info: line, warn: line, error: line },
    now: () => clock.now,
    random: () => 0.5,
    forming: undefined,
    onDead: () => undefined,
  });
  loops.push(loop);
  return { loop, sent };
}

async function acceptMany(count: number): Promise<string[]> {
  const wanted = Array.from({ length: count }, () => anAcceptance());
  for (const one of wanted) await engine.accept(one);
  return wanted.map((one) => `${eventOf(one).id}.crm.1`);
}

const statesOf = (ids: readonly string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const { state, attempts } = (await engine.delivery(id)) ?? {};
      return `${state} ${attempts}`;
    }),
  );

const words = {
  later: "attempt not recorded yet; the store is asked again while the lease lasts",
  never: "attempt not recorded; it comes again",
  lost: "attempt not recorded: the lease had passed on",
};

describe("a settlement that the store can't take", () => {
  /** From now on the store refuses to record attempts, until `heal`. */
  function breakStore(): { heal: () => void } {
    const db = new DatabaseSync(path(), { timeout: 5_000 });
    db.exec(`CREATE TRIGGER broken BEFORE INSERT ON attempts
      BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
    return {
      heal: () => {
        db.exec("DROP TRIGGER broken");
        db.close();
      },
    };
  }

  /** One event sent and answered well, which the store refused to record. */
  async function refusedOnce() {
    const [id = ""] = await acceptMany(1);
    const { loop, sent } = openLoop(1);
    loop.wake();
    await until("its sending", () => sent.length === 1);
    const { heal } = breakStore();
    sent[0]?.end({ kind: "delivered" });
    await until("the store's refusal", () => lines.includes(words.later));
    return { id, loop, sent, heal };
  }

  test("is recorded once it can, within the lease, and nothing is sent again", async () => {
    const { id, sent, heal } = await refusedOnce();
    expect(await statesOf([id])).toEqual(["leased 1"]);
    heal();
    await until("its record", async () => (await engine.delivery(id))?.state === "delivered");
    expect((await engine.attempts(id)).map(({ outcome }) => outcome)).toEqual(["delivered"]);
    expect([sent.length, lines.filter((line) => line === words.later).length]).toEqual([1, 1]);
  });

  test("is given up when its lease has ended, and the delivery comes again", async () => {
    const { id, loop, sent, heal } = await refusedOnce();
    clock.now += 10 * 60_000;
    await until("its loss", () => lines.includes(words.never));
    heal();
    expect(await engine.rescue()).toBe(1);
    loop.wake();
    await until("its second sending", () => sent.length === 2);
    expect(await statesOf([id])).toEqual(["leased 2"]);
    expect(await engine.attempts(id)).toEqual([]);
  });

  test("changes nothing when the lease has passed on meanwhile", async () => {
    const { id, heal } = await refusedOnce();
    const db = new DatabaseSync(path(), { timeout: 5_000 });
    db.exec("UPDATE deliveries SET lease = 'another'");
    db.close();
    heal();
    await until("its loss", () => lines.includes(words.lost));
    expect(await statesOf([id])).toEqual(["leased 1"]);
    expect(await engine.attempts(id)).toEqual([]);
  });

  test("is tried once more at a stop", async () => {
    const { id, loop, heal } = await refusedOnce();
    heal();
    await loop.stop(0);
    expect(await statesOf([id])).toEqual(["delivered 1"]);
  });
});

describe("a stop", () => {
  test("hands back what was claimed and not sent, with no attempt counted", async () => {
    const ids = await acceptMany(3);
    const { loop, sent } = openLoop(1);
    loop.wake();
    await until("the first one's sending", () => sent.length === 1);
    const stopped = loop.stop(60_000);
    sent[0]?.end({ kind: "delivered" });
    await stopped;
    expect(await statesOf(ids)).toEqual(["delivered 1", "ready 0", "ready 0"]);
    expect(sent.map(({ deliveryId }) => deliveryId)).toEqual([ids[0]]);
  });

  test("hands back what a claim brings that was under way", async () => {
    const ids = await acceptMany(2);
    const { loop, sent } = openLoop(1);
    loop.wake();
    await loop.stop(0);
    // Behind the claim, were it not waited for.
    await engine.probe();
    expect(await statesOf(ids)).toEqual(["ready 0", "ready 0"]);
    expect(sent).toEqual([]);
  });

  test("charges what was sent and broken off", async () => {
    const ids = await acceptMany(2);
    const { loop, sent } = openLoop(1);
    loop.wake();
    await until("the first one's sending", () => sent.length === 1);
    await loop.stop(0);
    expect(await statesOf(ids)).toEqual(["leased 1", "ready 0"]);
    await engine.close();
    engine = await openStore();
    expect(await statesOf(ids)).toEqual(["ready 1", "ready 0"]);
  });
});
