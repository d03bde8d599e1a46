/**
 * What stands around the functions on this machine, with no cloud at all: the embedded store in place of the table,
 * a folder in place of the archive's bucket, a table in a file in place of the one of live clients; what bus, queues
 * and clients would get is noted.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Claim, Engine } from "../core/engine.ts";
import { isFinal } from "../core/lifecycle.ts";
import type { DeliveryRef, NamedClaim, PushedEngine } from "../core/pushed-engine.ts";
import type { ArchiveBucket } from "../net/aws/archive.ts";
import { secretReader } from "./config.ts";
import type { Surroundings } from "./lambda/surroundings.ts";
import { localClients, notedWires, type ToClient } from "./local-clients.ts";
import { openEngine, storePath } from "./open-engine.ts";
import { sealKeySource } from "./seal-key.ts";

/** What a function told to others, as they would get it. */
export type Told = {
  readonly bus: unknown[];
  readonly queue: unknown[];
  readonly deadQueue: unknown[];
  /** What became of each delivery that was asked for. */
  readonly deliveries: unknown[];
  readonly clients: ToClient[];
};

/** Claims of one look-up. */
const wide = { limit: 1_000, maxBytes: 2 ** 28 } as const;

/** Surroundings over an embedded store. `close` lets go of it. */
export function onThisMachine(
  store: string,
  { isLocal }: { readonly isLocal: boolean },
): { readonly on: Surroundings; readonly told: Told; readonly close: () => Promise<void> } {
  const told: Told = { bus: [], queue: [], deadQueue: [], deliveries: [], clients: [] };
  const folder = dirname(storePath(store));
  const opened: { readonly close: () => unknown }[] = [];
  const on: Surroundings = {
    openStore: async () => {
      const engine = await openEngine(store, { role: "operator", clock: Date.now });
      opened.push(engine);
      await engine.migrate();
      return pushed(engine, (delivery) => told.deliveries.push(delivery));
    },
    announce: async (announcements) => {
      told.bus.push(...announcements.map(({ detail }) => JSON.parse(detail)));
    },
    tell: async (queue, texts) => {
      const bodies = texts.map(({ body }) => JSON.parse(body));
      (queue === "due" ? told.queue : told.deadQueue).push(...bodies);
    },
    archive: () => archiveFolderOf(join(folder, "archive")),
    sealKey: () => sealKeySource(secretReader(), store)(),
    ...(isLocal ? withoutCloud(join(folder, "local"), { told, opened }) : {}),
  };
  const close = async () => {
    await Promise.all(opened.map((engine) => engine.close()));
  };
  return { on, told, close };
}

/** What only stands in where destinations of cloud services do too. */
function withoutCloud(
  folder: string,
  { told, opened }: { readonly told: Told; readonly opened: { readonly close: () => unknown }[] },
): Pick<Surroundings, "local" | "live"> {
  return {
    local: { folder },
    live: () => {
      const clients = localClients(join(folder, "live-clients.db"));
      opened.push(clients);
      return { clients, wires: notedWires(clients, (one) => told.clients.push(one)) };
    },
  };
}

function archiveFolderOf(folder: string): ArchiveBucket {
  return {
    create: async (key, text) => {
      const path = join(folder, key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return writeFile(path, text, { flag: "wx", mode: 0o600 }).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return false;
          throw error;
        },
      );
    },
    read: (key) => readFile(join(folder, key), "utf8"),
  };
}

/** An engine whose deliveries are claimed, as one whose deliveries are named. */
function pushed(engine: Engine, note: (delivery: object) => void): PushedEngine {
  // One after another: a look-up leases, for a moment, more than what it looks for.
  let turn: Promise<unknown> = Promise.resolve();
  const seen = new Set<string>();
  return {
    ...engine,
    refsOf: ({ events }, accepted) =>
      events.flatMap(({ event, deliveries }, at) =>
        accepted.events[at]?.kind === "stored" && deliveries.length > 0
          ? [
              {
                key: event.id,
                event,
                deliveryIds: deliveries.map(({ destination }) => `${event.id}.${destination}.1`),
              },
            ]
          : [],
      ),
    claimNamed: (ref, { leaseMs }) => {
      const claimed = turn.then(() => claimNamed(engine, ref, leaseMs));
      turn = claimed.catch(() => undefined);
      return claimed.then((named) => {
        if (named.kind !== "claimed") note({ delivery: ref.deliveryId, ...named });
        return named;
      });
    },
    settle: async (settlement) => {
      const { claim, transition, outcome } = settlement;
      note({ delivery: claim.deliveryId, outcome, ...transition });
      return engine.settle(settlement);
    },
    archived: async (id) => {
      note({ delivery: id, isArchived: true });
      return engine.archived(id);
    },
    giveUp: async () => false,
    owed: async ({ limit }) => {
      const waiting = await engine.deliveries({ state: "ready" }, { limit });
      const dead = await engine.unarchived(limit);
      // Put off for as long as this function runs.
      const fresh = [...waiting.items, ...dead].filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      return fresh.map(({ id, eventId }) => ({ key: eventId, deliveryId: id }));
    },
  };
}

async function claimNamed(
  engine: Engine,
  { deliveryId }: DeliveryRef,
  leaseMs: number,
): Promise<NamedClaim> {
  const delivery = await engine.delivery(deliveryId);
  if (delivery === undefined) return { kind: "unknown" };
  const { state, destination, dueAt, held } = delivery;
  if (isFinal(state)) {
    const unarchived = await engine.unarchived(wide.limit);
    return { kind: "final", state, isArchived: !unarchived.some(({ id }) => id === deliveryId) };
  }
  if (held !== undefined) return { kind: "later", at: undefined };
  if (state === "ready" && dueAt > Date.now()) return { kind: "later", at: dueAt };
  await engine.rescue();
  const claims = await engine.claim(destination, { ...wide, leaseMs });
  const claim = claims.find((one) => one.deliveryId === deliveryId);
  const others = claims.filter((one) => one !== claim);
  await Promise.all(others.map((one) => handBack(engine, one)));
  return claim === undefined ? { kind: "held" } : { kind: "claimed", claim };
}

async function handBack(engine: Engine, claim: Claim): Promise<void> {
  const at = Date.now();
  const outcome = { kind: "interrupted", reason: "another delivery was asked for" } as const;
  const transition = { state: "ready" } as const;
  await engine.settle({ claim, transition, outcome, startedAt: at, endedAt: at });
}
