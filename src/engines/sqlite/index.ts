/**
 * The embedded engine: one SQLite file, nothing to install. A running gateway owns the store and
 * commits in groups (`writer.ts`); a command of the CLI opens it beside as an operator, whose writes
 * are short transactions of their own.
 */
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { Engine } from "../../core/engine.ts";
import { GatewayError, messageOf } from "../../core/errors.ts";
import type { LogLine } from "../../core/log.ts";
import { TokenBuckets } from "../../kit/token-bucket.ts";
import { acceptWork, answerWork, rejectWork, releaseWork } from "./accepting.ts";
import { Checkpointer } from "./checkpoint.ts";
import type { SyncMode } from "./connection.ts";
import { cancelWork, claimWork, replayWork, settleWork } from "./delivering.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import { ownStore, preparePlace, refuseForeign } from "./place.ts";
import { pruneWork, startOfPrune } from "./pruning.ts";
import type { Reader } from "./reader.ts";
import { openReader } from "./reader.ts";
import { deliveryKey } from "./rows.ts";
import { Writer } from "./writer.ts";

/** How a store is opened. */
export type SqliteOptions = {
  readonly path: string;
  /** `gateway` owns the store; `operator` works beside it. */
  readonly role: "gateway" | "operator";
  readonly clock: () => number;
  /** Rejected requests kept per source, and of those per address. */
  readonly limits?: { readonly rejectedPerSource: number; readonly rejectedPerAddress: number };
  /** Called once when the disk can't be synced any more. */
  readonly onFatal?: (error: GatewayError) => void;
  /** Told of what the store can do without, but somebody should know. */
  readonly warn?: LogLine;
  /** For the tests that must see a lie: how commits get to the disk. */
  readonly sync?: SyncMode;
};

/** Refused requests that wait for the disk at most; beyond it they are dropped, not the good ones. */
const waitingRejections = 256;

/** Opens a store, making or migrating it first. Throws STORE_IN_USE, STORE_UNSUITABLE or STORE_UNAVAILABLE. */
export async function openSqlite(options: SqliteOptions): Promise<Engine> {
  const { path, role, clock } = options;
  preparePlace(path);
  const release = role === "gateway" ? ownStore(path) : () => undefined;
  try {
    migrateAt(path);
    const writer = new Writer({
      path,
      sync: options.sync ?? (role === "gateway" ? "pool" : "inline"),
      onFatal: options.onFatal ?? (() => undefined),
    });
    const reader = openReader(path, clock);
    const { warn = () => undefined } = options;
    const checkpointer = role === "gateway" ? new Checkpointer({ path, writer, warn }) : undefined;
    if (role === "gateway") await writer.write((sql) => sql.rescueAll.run());
    return engineOf(options, { writer, reader, checkpointer, release });
  } catch (error) {
    release();
    if (error instanceof GatewayError) throw error;
    throw new GatewayError(
      "STORE_UNAVAILABLE",
      `The store ${path} can't be opened: ${messageOf(error)}. Repair it, or set SUREHOOK_STORE to another path.`,
      { cause: error },
    );
  }
}

/**
 * Opens a store that is there to look at it only: nothing is made, migrated or written. Throws
 * STORE_UNSUITABLE where it is no store, or one of another version.
 */
export function lookAtSqlite(path: string, clock: () => number): Reader {
  refuseForeign(path);
  // Without a log beside it nobody writes, and all is in the file; else SQLite would make that log.
  const address = pathToFileURL(path);
  if (!existsSync(`${path}-wal`)) address.searchParams.set("immutable", "1");
  try {
    refuseOtherForm(address, path);
    return openReader(address, clock);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    const remedy = existsSync(`${path}-wal`)
      ? `It was not closed, and what is in ${path}-wal is read where its folder can be written: let this user write there, or copy both files to where it can, and set SUREHOOK_STORE to that`
      : "Let this user read it, or set SUREHOOK_STORE to another path";
    throw new GatewayError(
      "STORE_UNAVAILABLE",
      `The store ${path} can't be read: ${messageOf(error)}. ${remedy}.`,
      { cause: error },
    );
  }
}

function refuseOtherForm(address: URL, path: string): void {
  const db = new DatabaseSync(address, { readOnly: true });
  try {
    const form = db.prepare("PRAGMA user_version").get()?.["user_version"];
    if (form === migrations.length) return;
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The store ${path} has the form ${form}, this version has ${migrations.length}. Starting the gateway brings an older one up to date.`,
    );
  } finally {
    db.close();
  }
}

type Parts = {
  readonly writer: Writer;
  readonly reader: Reader;
  readonly checkpointer: Checkpointer | undefined;
  readonly release: () => void;
};

function engineOf(options: SqliteOptions, parts: Parts): Engine {
  const { writer, reader } = parts;
  const { close: _close, ...reads } = reader;
  return {
    name: "sqlite",
    capabilities: { once: false, largestBody: 256 * 1_048_576, lanes: false, claims: true },
    ...guardReads(reads, () => writer.isClosed),
    ...requestWrites(options, writer),
    ...deliveryWrites(options, writer),
    ...operatorWrites(options, writer),
    ...listeners(),
    prune: pruning(options, writer),
    migrate: async () => migrateAt(options.path),
    probe: async () => {
      await writer.write((sql) => sql.probe.run(options.clock()));
    },
    close: once(async () => {
      await parts.checkpointer?.close();
      await writer.close();
      reader.close();
      parts.release();
    }),
  };
}

function requestWrites({ clock, limits }: SqliteOptions, writer: Writer) {
  const bounds = {
    perSource: limits?.rejectedPerSource ?? 1_000,
    perAddress: limits?.rejectedPerAddress ?? 100,
  };
  return {
    accept: (acceptance) => writer.write((sql) => acceptWork(sql, acceptance, clock())),
    reject: (rejection) =>
      writer.waitingLater >= waitingRejections
        ? Promise.resolve(false)
        : writer.writeLater((sql) => rejectWork(sql, rejection, bounds)),
    release: (acceptance) => writer.write((sql) => releaseWork(sql, acceptance, clock())),
    answer: (requestId, answer) => writer.write((sql) => answerWork(sql, requestId, answer)),
  } satisfies Partial<Engine>;
}

function deliveryWrites({ clock }: SqliteOptions, writer: Writer) {
  let leases = 0;
  const owner = randomBytes(9).toString("base64url");
  return {
    claim: (destination, wish) => {
      leases += 1;
      const token = `${owner}.${leases}`;
      return writer.write((sql) => claimWork(sql, destination, { ...wish, now: clock(), token }));
    },
    settle: async (settlement) => {
      const settled = await writer.write((sql) => settleWork(sql, settlement));
      return settled ? "settled" : "lost";
    },
    rescue: () => writer.write((sql) => Number(sql.rescue.run(clock()).changes)),
    archived: async (id) => {
      const key = deliveryKey(id);
      if (key) await writer.write((sql) => sql.markArchived.run(...key, clock()));
    },
    replay: (orders) => writer.write((sql) => replayWork(sql, orders, clock())),
    cancel: (id, reason) => writer.write((sql) => cancelWork(sql, id, { reason, now: clock() })),
  } satisfies Partial<Engine>;
}

function operatorWrites({ clock }: SqliteOptions, writer: Writer) {
  const buckets = new TokenBuckets(clock);
  return {
    pause: async ({ destination, laneKey, cause, reason, until }) => {
      await writer.write((sql) =>
        sql.putPause.run(destination, laneKey ?? "", cause, reason, clock(), until ?? null),
      );
    },
    resume: async (destination, laneKey) => {
      const result = await writer.write((sql) =>
        sql.deletePause.run(destination, laneKey ?? "", clock()),
      );
      return result.changes === 1;
    },
    take: (bucket, rate, tokens) => buckets.take(bucket, rate, tokens),
    put: async (name, value, expected) => {
      const result = await writer.write((sql) =>
        expected === 0
          ? sql.insertSealed.run(name, value)
          : sql.updateSealed.run(name, value, expected),
      );
      return result.changes === 1;
    },
  } satisfies Partial<Engine>;
}

function listeners() {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    publish: async (topic, message) => {
      emitter.emit(`topic:${topic}`, message);
    },
    listen: (topic, listener) => {
      emitter.on(`topic:${topic}`, listener);
      return () => emitter.off(`topic:${topic}`, listener);
    },
  } satisfies Partial<Engine>;
}

function pruning({ clock }: SqliteOptions, writer: Writer): Engine["prune"] {
  const cursor = startOfPrune();
  return ({ before, limit }) =>
    writer.writeLater((sql) => pruneWork(sql, cursor, { before, limit, now: clock() }));
}

/** Reads are refused by name after `close`, as writes are. */
function guardReads<T extends Record<string, (...args: never[]) => Promise<unknown>>>(
  reads: T,
  isClosed: () => boolean,
): T {
  const guarded = Object.entries(reads).map(([name, read]) => [
    name,
    async (...args: never[]) => {
      if (isClosed()) throw new GatewayError("SHUTTING_DOWN", "The store is closed.");
      return read(...args);
    },
  ]);
  return Object.fromEntries(guarded) as T;
}

function once(end: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= end();
    return ended;
  };
}

function migrateAt(path: string): void {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    migrate(db);
  } finally {
    db.close();
  }
}
