import type { TestContext } from "vitest";
import { expect } from "vitest";
import type { Acceptance, Claim, Engine } from "../../core/engine.ts";
import type { Delivery } from "../../core/types.ts";
import { all, aRejection, eventOf, start } from "./builders.ts";

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
  /** How long one test may take, where the store is slower than a disk. */
  readonly testTimeoutMs?: number;
};

/** One engine over one store, and the clock it reads. */
export type World = {
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
export type Behaviour = (name: string, check: Check) => void;
/** What a group registers with; `claiming` is for behaviours that need `claim`. */
export type Group = { readonly behaviour: Behaviour; readonly claiming: Behaviour };
/** Groups of behaviours: what each is of, and what registers them. */
export type Groups = readonly (readonly [title: string, register: (group: Group) => void])[];

/** The bounds that every world is opened with. */
export const limits: Limits = { rejectedPerSource: 5, rejectedPerAddress: 2 };
/** A minute, in milliseconds. */
export const minuteMs = 60_000;
/** A day, in milliseconds. */
export const dayMs = 86_400_000;

/** Opens a new, empty store. */
export async function openWorld(harness: EngineHarness, context: TestContext): Promise<World> {
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

/** An event's deliveries, by the names of their destinations. */
export async function deliveriesOf(engine: Engine, eventId: string): Promise<readonly Delivery[]> {
  const { items } = await engine.deliveries({ eventId }, { limit: 100 });
  return [...items].sort((a, b) => (a.destination < b.destination ? -1 : 1));
}

/** The one delivery of an acceptance's event. */
export async function onlyDelivery(engine: Engine, acceptance: Acceptance): Promise<Delivery> {
  const found = await deliveriesOf(engine, eventOf(acceptance).id);
  expect(found).toHaveLength(1);
  return found[0] as Delivery;
}

/** Claims the one delivery that is due. */
export async function onlyClaim(engine: Engine, destination = "crm"): Promise<Claim> {
  const found = await engine.claim(destination, all);
  expect(found).toHaveLength(1);
  return found[0] as Claim;
}

/** Accepts one event; whether it was stored or a duplicate. */
export async function kindOf(engine: Engine, acceptance: Acceptance): Promise<string> {
  const { events } = await engine.accept(acceptance);
  expect(events).toHaveLength(1);
  return events[0]?.kind ?? "none";
}

/** Keeps a rejected request. */
export async function rejected(engine: Engine, words: Parameters<typeof aRejection>[0] = {}) {
  const rejection = aRejection(words);
  expect(await engine.reject(rejection)).toBe(true);
  return rejection;
}

/** Prunes until nothing is left to prune; how many rows that were. */
export async function pruneAll(engine: Engine, before: number, limit = 50): Promise<number> {
  let total = 0;
  for (let turn = 0; turn < 200; turn += 1) {
    const removed = await engine.prune({ before, limit });
    if (removed === 0) return total;
    total += removed;
  }
  throw new Error("pruning has no end");
}

/** An answer of status 200. */
export function anAnswer(body: string) {
  return { status: 200, body };
}
