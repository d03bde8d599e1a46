/**
 * The engine on AWS: one DynamoDB table is the truth, large bodies lie in S3, and a queue brings what is
 * due. Nothing is claimed here: a delivery is leased by its name (`claimNamed`), whoever brings it, and what
 * bus and queue missed is found again by `owed`.
 */
import type {
  Acceptance,
  Accepted,
  DeliveryFilter,
  EventFilter,
  Page,
  Pause,
  RequestFilter,
} from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import { largestPushedBody, type PushedEngine } from "../../core/pushed-engine.ts";
import type { Answer } from "../../core/types.ts";
import * as accepting from "./accepting.ts";
import { type AwsPlace, openClient } from "./client.ts";
import { openDays } from "./days.ts";
import * as delivering from "./delivering.ts";
import { toChanges } from "./items.ts";
import { refsOf } from "./planning.ts";
import * as reading from "./reading.ts";
import { reject } from "./rejecting.ts";
import { replay } from "./replaying.ts";
import { bodyAt, itemOfId, Lately, type Store } from "./store.ts";
import * as sweeping from "./sweeping.ts";
import { Topics } from "./topics.ts";
import * as values from "./values.ts";

/** How the engine is opened. */
export type AwsOptions = AwsPlace & {
  readonly clock: () => number;
  readonly retentionMs: number;
  readonly limits?: Store["limits"];
  /** Told of deliveries that a person has made due. */
  readonly wake?: Store["wake"];
  /** Partitions of the listing of a day, and of what waits: each takes some 1000 writes a second. */
  readonly shards?: number;
};

const defaultShards = 8;
const defaultLimits = { rejectedPerSource: 1_000, rejectedPerAddress: 100 };
/** How long a pause of another process may go unseen. */
const pausesSeenMs = 500;

/** Opens the engine with the credentials of the standard AWS chain. */
export async function openAws(options: AwsOptions): Promise<PushedEngine> {
  const client = await openClient(options);
  const shards = options.shards ?? defaultShards;
  const store: Store = {
    client,
    days: openDays(client, shards),
    clock: options.clock,
    retentionMs: options.retentionMs,
    shards,
    limits: options.limits ?? defaultLimits,
    wake: options.wake ?? (async () => undefined),
    lately: new Lately(),
  };
  const gate = new Gate();
  const topics = new Topics();
  const operations = { ...commands(store), ...reads(store), ...operating(store) };
  return {
    name: "aws",
    capabilities: { once: false, largestBody: largestPushedBody, lanes: false, claims: false },
    ...gate.guarded(operations),
    refsOf,
    publish: async (topic, message) => topics.publish(topic, message),
    listen: (topic, listener) => topics.listen(topic, listener),
    close: async () => {
      await gate.close();
      client.close();
    },
  };
}

function commands(store: Store) {
  return {
    accept: (acceptance: Acceptance): Promise<Accepted> => accepting.accept(store, acceptance),
    reject: (rejection: Parameters<PushedEngine["reject"]>[0]) => reject(store, rejection),
    claim: (): Promise<never> => pushed("claim"),
    rescue: (): Promise<never> => pushed("rescue"),
    nextDue: (): Promise<never> => pushed("nextDue"),
    claimNamed: async (
      ref: Parameters<PushedEngine["claimNamed"]>[0],
      { leaseMs }: { readonly leaseMs: number },
    ) => delivering.claimNamed(store, ref, { leaseMs, pauses: await seenPauses(store) }),
    settle: async (settlement: Parameters<PushedEngine["settle"]>[0]) =>
      (await delivering.settle(store, settlement)) ? ("settled" as const) : ("lost" as const),
    giveUp: (
      ref: Parameters<PushedEngine["giveUp"]>[0],
      why: Parameters<PushedEngine["giveUp"]>[1],
    ) => delivering.giveUp(store, ref, why),
    owed: async (sweep: sweeping.Sweep) =>
      sweeping.owed(store, sweep, await values.livePauses(store)),
    unarchived: (limit: number) => sweeping.unarchived(store, limit),
    archived: (deliveryId: string) => delivering.archived(store, deliveryId),
    answer: async (requestId: string, answer: Answer) => {
      for (;;) {
        const item = await itemOfId(store, requestId, "request");
        if (item === undefined) return answer;
        if (item.answer !== undefined) return item.answer;
        if (await store.client.change(item, toChanges({ answer }))) return answer;
      }
    },
    prune: (retention: Parameters<PushedEngine["prune"]>[0]) => sweeping.prune(store, retention),
    // CloudFormation makes the table; items say by themselves what they hold.
    migrate: async () => undefined,
    probe: () => values.probe(store),
  };
}

async function pushed(operation: string): Promise<never> {
  throw new GatewayError(
    "USAGE",
    `On AWS a queue brings deliveries: there is no ${operation} there.`,
  );
}

const seen = new WeakMap<Store, { readonly at: number; readonly pauses: readonly Pause[] }>();

/** One reading of the pauses serves the deliveries of half a second; those that end meanwhile hold nothing. */
async function seenPauses(store: Store): Promise<readonly Pause[]> {
  const known = seen.get(store);
  const now = store.clock();
  if (known !== undefined && Math.abs(now - known.at) < pausesSeenMs) {
    return values.alive(known.pauses, now);
  }
  const pauses = await values.livePauses(store);
  seen.set(store, { at: now, pauses });
  return pauses;
}

function reads(store: Store) {
  const pauses = () => values.livePauses(store);
  return {
    event: async (id: string) => (await itemOfId(store, id, "event"))?.event,
    events: (filter: EventFilter, page: Page) => reading.events(store, filter, page),
    request: async (id: string) => {
      const item = await itemOfId(store, id, "request");
      return item && reading.requestFrom(item);
    },
    requests: (filter: RequestFilter, page: Page) => reading.requests(store, filter, page),
    body: async (requestId: string) => {
      const item = await itemOfId(store, requestId, "request");
      return item && bodyAt(store, item);
    },
    delivery: async (id: string) => {
      const found = await reading.deliveryOf(store, id);
      return found && reading.deliveryFrom(found.one, found.eventId, await pauses());
    },
    deliveries: async (filter: DeliveryFilter, page: Page) =>
      reading.deliveries(store, filter, { page, pauses: await pauses() }),
    attempts: (deliveryId: string) => reading.attemptsOf(store, deliveryId),
    counts: () => reading.counts(store),
    pauses,
  };
}

function operating(store: Store) {
  return {
    release: async (acceptance: Acceptance) => {
      const accepted = await accepting.release(store, acceptance);
      if (accepted !== undefined) {
        const refs = refsOf(acceptance, accepted);
        await store.wake(
          refs.flatMap(({ key, deliveryIds }) =>
            deliveryIds.map((deliveryId) => ({ key, deliveryId })),
          ),
        );
      }
      return accepted;
    },
    replay: async (orders: Parameters<PushedEngine["replay"]>[0]) => {
      const made = await replay(store, orders);
      await store.wake(made);
      return made.length;
    },
    pause: async (wanted: Omit<Pause, "since">) => {
      await values.pause(store, wanted);
      seen.delete(store);
    },
    resume: async (destination: string, laneKey?: string) => {
      const isResumed = await values.resume(store, destination, laneKey);
      seen.delete(store);
      if (!isResumed) return false;
      for await (const refs of sweeping.dueOf(store, destination)) await store.wake(refs);
      return true;
    },
    cancel: (deliveryId: string, reason: string) => delivering.cancel(store, deliveryId, reason),
    take: async (
      bucket: string,
      rate: Parameters<PushedEngine["take"]>[1],
      tokens: number,
    ): Promise<number> => values.take(store, bucket, { rate, tokens }),
    get: (name: string) => values.getValue(store, name),
    put: (name: string, value: Buffer, expected: number) =>
      values.putValue(store, name, { value, expected }),
  };
}

type Operations = Readonly<Record<string, (...given: never[]) => Promise<unknown>>>;

/** Lets operations through until it is closed, and then waits for those under way. */
class Gate {
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  guarded<T extends Operations>(operations: T): T {
    const entries = Object.entries(operations).map(([name, run]) => [
      name,
      (...given: never[]) => this.#pass(() => run(...given)),
    ]);
    return Object.fromEntries(entries) as T;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
  }

  #pass(run: () => Promise<unknown>): Promise<unknown> {
    if (this.#isClosed) {
      return Promise.reject(new GatewayError("STORE_UNAVAILABLE", "The store is closed."));
    }
    const running = run().finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
    return running;
  }
}
