/**
 * A model of deliveries' lives, held against an engine step by step. It knows nothing but
 * `lifecycle.ts` and the contract: after each step every delivery is in the model's state, that state
 * may follow the one before, and none is missing or doubled.
 */
import assert from "node:assert/strict";
import type { Acceptance, Claim, Engine, Settlement } from "../../core/engine.ts";
import type { DeliveryState } from "../../core/lifecycle.ts";
import { deliveryStates, isFinal, mayFollow } from "../../core/lifecycle.ts";
import {
  again,
  all,
  anAcceptance,
  delivered,
  died,
  eventOf,
  failed,
  interrupted,
  pages,
  skipped,
} from "./builders.ts";

/** What a step may be. Some are named twice, so that runs get far. */
export const stepKinds = [
  "accept",
  "accept",
  "repeat",
  "claim",
  "claim",
  "claim",
  "deliver",
  "fail",
  "fail",
  "die",
  "skip",
  "interrupt",
  "wait",
  "wait",
  "rescue",
  "pause",
  "resume",
  "cancel",
  "replay",
] as const;

/** One step of a run. `pick` chooses among what is there; `amount` is a number or a time. */
export type Step = {
  readonly kind: (typeof stepKinds)[number];
  readonly pick: number;
  readonly amount: number;
};

type Modelled = {
  readonly id: string;
  readonly destination: string;
  state: DeliveryState;
  dueAt: number;
  attempts: number;
  lease: string | undefined;
  leasedUntil: number;
};

type Run = {
  readonly engine: Engine;
  readonly clock: { now: number };
  readonly model: Map<string, Modelled>;
  readonly acceptances: Acceptance[];
  /** Every claim ever given, also those whose lease is over. */
  readonly claims: Claim[];
  /** Paused destinations, and until when. */
  readonly paused: Map<string, number>;
};

const destinations = ["crm", "screens"] as const;

/** Takes an engine through the steps; throws at the first difference from the model. */
export async function follow(
  engine: Engine,
  clock: { now: number },
  steps: readonly Step[],
): Promise<void> {
  const run: Run = {
    engine,
    clock,
    model: new Map(),
    acceptances: [],
    claims: [],
    paused: new Map(),
  };
  for (const step of steps) {
    await doings[step.kind](run, step);
    await compare(run);
  }
}

const doings: Record<Step["kind"], (run: Run, step: Step) => Promise<void>> = {
  accept: async (run, { pick }) => {
    const to = pick % 3 === 0 ? destinations : [destinationOf(pick)];
    const acceptance = anAcceptance({ at: run.clock.now, to, key: `id:${pick}` });
    const { events } = await run.engine.accept(acceptance);
    if (events[0]?.kind === "duplicate") return;
    run.acceptances.push(acceptance);
    await learn(run, eventOf(acceptance).id, to);
  },
  repeat: async (run, { pick, amount }) => {
    const first = chosen(run.acceptances, pick);
    if (first === undefined) return;
    const { events } = await run.engine.accept(amount % 2 === 0 ? first : again(first));
    assert.equal(events[0]?.id, eventOf(first).id);
  },
  claim: claimStep,
  deliver: (run, step) => settleStep(run, step, (claim, now) => delivered(claim, now)),
  fail: (run, step) =>
    settleStep(run, step, (claim, now) => failed(claim, now, now + 10 * step.amount + 5)),
  die: (run, step) => settleStep(run, step, (claim, now) => died(claim, now)),
  skip: (run, step) => settleStep(run, step, (claim, now) => skipped(claim, now)),
  interrupt: (run, step) => settleStep(run, step, (claim, now) => interrupted(claim, now)),
  wait: async (run, { pick, amount }) => {
    run.clock.now += amount * (pick % 2 === 0 ? 10 : 500);
  },
  rescue: async (run) => {
    const { now } = run.clock;
    const lost = [...run.model.values()].filter(
      ({ state, leasedUntil }) => state === "leased" && leasedUntil < now,
    );
    assert.equal(await run.engine.rescue(), lost.length, "how many were rescued");
    for (const one of lost) {
      const dueAt = (await run.engine.delivery(one.id))?.dueAt ?? Number.NaN;
      assert.ok(dueAt <= now, "what was rescued is due");
      release(one, "ready", dueAt);
    }
  },
  pause: async (run, { pick, amount }) => {
    const destination = destinationOf(pick);
    const until = run.clock.now + amount * 100 + 5;
    const pause = { destination, cause: "circuit", reason: "5 failures" } as const;
    const forever = pick % 2 === 0;
    await run.engine.pause(forever ? pause : { ...pause, until });
    run.paused.set(destination, forever ? Number.POSITIVE_INFINITY : until);
  },
  resume: async (run, { pick }) => {
    const destination = destinationOf(pick);
    const resumed = await run.engine.resume(destination);
    if (isPaused(run, destination)) assert.ok(resumed, `${destination} was paused`);
    run.paused.delete(destination);
  },
  cancel: async (run, { pick }) => {
    const one = chosen([...run.model.values()], pick);
    if (one === undefined) return;
    if (mayFollow(one.state, "cancelled")) one.state = "cancelled";
    assert.equal(await run.engine.cancel(one.id, "by a person"), one.state);
  },
  replay: async (run, { pick }) => {
    const acceptance = chosen(run.acceptances, pick);
    if (acceptance === undefined) return;
    const { id: eventId } = eventOf(acceptance);
    const destination = destinationOf(pick);
    assert.equal(await run.engine.replay([{ eventId, destination }]), 1);
    await learn(run, eventId, [destination]);
  },
};

async function claimStep(run: Run, { pick, amount }: Step): Promise<void> {
  const { engine, clock, model } = run;
  const destination = destinationOf(pick);
  const due = [...model.values()].filter((one) => isDue(run, one, destination));
  const claimed = await engine.claim(destination, { ...all, limit: amount });
  assert.equal(claimed.length, Math.min(amount, due.length), "how many were claimed");
  const dueAts: number[] = [];
  for (const claim of claimed) {
    const one = due.find(({ id }) => id === claim.deliveryId);
    assert.ok(one?.state === "ready", `${claim.deliveryId} was not to be claimed`);
    dueAts.push(one.dueAt);
    Object.assign(one, {
      state: "leased",
      lease: claim.lease,
      leasedUntil: clock.now + all.leaseMs,
    });
  }
  const left = due.filter(({ state }) => state === "ready").map(({ dueAt }) => dueAt);
  assert.deepEqual(
    dueAts,
    [...dueAts].sort((a, b) => a - b),
    "the longest due come first",
  );
  assert.ok(Math.max(...dueAts) <= Math.min(...left), "the longest due are not left");
  run.claims.push(...claimed);
}

async function settleStep(
  run: Run,
  { pick }: Step,
  end: (claim: Claim, now: number) => Settlement,
): Promise<void> {
  const claim = chosen(run.claims, pick);
  if (claim === undefined) return;
  const one = run.model.get(claim.deliveryId);
  assert.ok(one !== undefined);
  const settlement = end(claim, run.clock.now);
  const result = await run.engine.settle(settlement);
  const ours = one.state === "leased" && one.lease === claim.lease;
  // Whether a lease that ran out, but was not rescued, still holds is the engine's to say.
  if (ours && one.leasedUntil < run.clock.now && result === "lost") return;
  assert.equal(result, ours ? "settled" : "lost");
  if (!ours) return;
  if (settlement.outcome.kind !== "interrupted") one.attempts += 1;
  release(one, settlement.transition.state, settlement.transition.dueAt ?? one.dueAt);
}

/** Takes in the deliveries that a step has made, and sees that there are no others. */
async function learn(run: Run, eventId: string, to: readonly string[]): Promise<void> {
  const { items } = await run.engine.deliveries({ eventId }, { limit: 1_000 });
  const fresh = items.filter(({ id }) => !run.model.has(id));
  assert.deepEqual(fresh.map(({ destination }) => destination).sort(), [...to].sort());
  for (const { id, destination, state, dueAt } of fresh) {
    assert.equal(state, "ready");
    assert.equal(dueAt, run.clock.now);
    run.model.set(id, {
      id,
      destination,
      state,
      dueAt,
      attempts: 0,
      lease: undefined,
      leasedUntil: 0,
    });
  }
}

async function compare({ engine, model, clock, paused }: Run): Promise<void> {
  const listed = await pages((page) => engine.deliveries({}, page), 1_000);
  assert.equal(listed.length, model.size, "none vanishes and none is doubled");
  const counted: Record<string, number> = {};
  for (const delivery of listed) {
    const one = model.get(delivery.id);
    assert.ok(one !== undefined, `${delivery.id} came from nowhere`);
    assert.equal(delivery.state, one.state, `the state of ${delivery.id}`);
    const { length } = await engine.attempts(delivery.id);
    assert.equal(length, one.attempts, `the attempts of ${delivery.id}`);
    const held = one.state === "ready" && isPaused({ paused, clock }, one.destination);
    if (one.dueAt <= clock.now) assert.equal(delivery.held !== undefined, held, "what is held");
    if (one.state === "ready") assert.equal(delivery.dueAt, one.dueAt);
    assert.equal(delivery.settledAt !== undefined, isFinal(one.state), `settledAt, ${one.state}`);
    counted[one.state] = (counted[one.state] ?? 0) + 1;
  }
  const { deliveries } = await engine.counts();
  for (const state of deliveryStates) assert.equal(deliveries[state], counted[state] ?? 0, state);
}

function release(one: Modelled, state: DeliveryState, dueAt: number): void {
  assert.ok(mayFollow(one.state, state), `${state} can't follow ${one.state}`);
  Object.assign(one, { state, dueAt, lease: undefined });
}

function isDue(run: Run, one: Modelled, destination: string): boolean {
  const waits = one.state === "ready" && one.destination === destination;
  return waits && one.dueAt <= run.clock.now && !isPaused(run, destination);
}

function isPaused({ paused, clock }: Pick<Run, "paused" | "clock">, destination: string): boolean {
  return (paused.get(destination) ?? 0) > clock.now;
}

function destinationOf(pick: number): (typeof destinations)[number] {
  return pick % 2 === 0 ? "crm" : "screens";
}

function chosen<T>(list: readonly T[], pick: number): T | undefined {
  return list.length === 0 ? undefined : list[pick % list.length];
}
