/**
 * The one writer of a store: it owns the only write connection and commits in groups. What arrives
 * together commits together, and is answered after the sync.
 *
 * How a commit gets to the disk was decided by measuring (`npm run bench -- ingest`):
 * - `pool` (a running gateway): the connection is at `synchronous=NORMAL`, where SQLite syncs the WAL
 *   only around checkpoints, and after each COMMIT the writer calls fdatasync(2) on the WAL itself,
 *   in libuv's thread pool. That is the same sync of the same file that `FULL` does, but the event
 *   loop goes on receiving and verifying meanwhile. One sync is under way at a time; what arrives
 *   meanwhile is the next group.
 * - `inline` (a command of the CLI): `synchronous=FULL`; the thread waits.
 */
import { closeSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { GatewayError, messageOf } from "../../core/errors.ts";
import type { SyncMode } from "./connection.ts";
import { busyLimitMs, openConnection, openWal, syncFile } from "./connection.ts";
import { isItemFault, isSyncFailure, resultCode, unavailable } from "./faults.ts";
import type { Statements } from "./statements.ts";
import { beginWriting, prepareStatements } from "./statements.ts";

/** What runs inside the group's transaction. Called again when its group has to be repeated. */
type Work<T> = (statements: Statements) => T;

type Item = {
  readonly work: Work<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
};

/** What a writer is made of. */
export type WriterOptions = {
  readonly path: string;
  readonly sync: SyncMode;
  /** Called once when a sync has failed: what the kernel holds can no longer be believed. */
  readonly onFatal: (error: GatewayError) => void;
};

const groupSize = 512;
/**
 * Turns of the event loop that a group gathers in, at the most. Larger groups share more: the last page of each
 * table, and the sync (measured by `perf stat`: 7 % fewer instructions an event in the kernel).
 */
const mostTurns = 8;
const busyRetryMs = 3;

/** Commits writes in groups. */
export class Writer {
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #sync: SyncMode;
  readonly #onFatal: (error: GatewayError) => void;
  readonly #walFd: number | undefined;
  #queue: Item[] = [];
  #later: Item[] = [];
  #scheduled = false;
  #busySince: number | undefined;
  #flushing = false;
  #closed: GatewayError | undefined;
  #waking: (() => void)[] = [];
  #isHeld = false;

  constructor(options: WriterOptions) {
    this.#sync = options.sync;
    this.#onFatal = options.onFatal;
    this.#db = openConnection(options.path, options.sync);
    this.#statements = prepareStatements(this.#db);
    this.#walFd = options.sync === "pool" ? openWal(options.path, this.#db) : undefined;
  }

  /** Runs work in the next group; resolves when it is on disk. */
  write<T>(work: Work<T>): Promise<T> {
    return this.#enqueue(this.#queue, work);
  }

  /** As `write`, but behind all others, a few to a group. */
  writeLater<T>(work: Work<T>): Promise<T> {
    return this.#enqueue(this.#later, work);
  }

  /** Whether nothing can be written any more. */
  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** How much waits at low priority. */
  get waitingLater(): number {
    return this.#later.length;
  }

  /** Holds all groups while `during` runs; new ones wait. For the end of a checkpoint. */
  async hold<T>(during: () => Promise<T>): Promise<T> {
    await this.#untilIdle();
    this.#isHeld = true;
    try {
      return await during();
    } finally {
      this.#isHeld = false;
      this.#schedule();
    }
  }

  /** Finishes what waits, then closes the connection. */
  async close(): Promise<void> {
    while (!this.#closed && (this.#flushing || this.#queue.length + this.#later.length > 0)) {
      this.#schedule();
      await this.#nextFlush();
    }
    this.#shut(new GatewayError("SHUTTING_DOWN", "The store is closed."));
  }

  #enqueue<T>(queue: Item[], work: Work<T>): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise<T>((resolve, reject) => {
      queue.push({ work, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#flushing || this.#closed) return;
    this.#scheduled = true;
    this.#gather(1);
  }

  /** Begins a group once a turn of the event loop has brought nothing more. */
  #gather(turn: number): void {
    const known = this.#queue.length;
    setImmediate(() => {
      const { length } = this.#queue;
      if (length > known && length < groupSize && turn < mostTurns) return this.#gather(turn + 1);
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#flushing || this.#closed || this.#isHeld) return;
    const group = this.#nextGroup();
    if (group.length > 0) {
      this.#flushing = true;
      await this.#commitAndSync(group);
      this.#flushing = false;
    }
    for (const wake of this.#waking.splice(0)) wake();
    if (this.#queue.length + this.#later.length > 0) this.#schedule();
  }

  #nextGroup(): Item[] {
    const group = this.#queue.length <= groupSize ? this.#queue : this.#queue.splice(0, groupSize);
    if (group === this.#queue) this.#queue = [];
    group.push(...this.#later.splice(0, group.length === 0 ? 64 : 8));
    return group;
  }

  async #commitAndSync(group: Item[]): Promise<void> {
    const results = await this.#commit(group);
    if (results === undefined) return;
    try {
      if (this.#walFd !== undefined) await syncFile(this.#walFd);
    } catch (error) {
      this.#fail(group, error);
      return;
    }
    for (let at = 0; at < group.length; at += 1) {
      const item = group[at] as Item;
      const result = results[at] as Result;
      if ("value" in result) item.resolve(result.value as never);
      else item.reject(result.error);
    }
  }

  /** Commits a group; undefined when it was refused or put back whole. */
  async #commit(group: Item[]): Promise<Result[] | undefined> {
    try {
      this.#begin();
    } catch (error) {
      this.#rollback();
      await this.#retryOrRefuse(group, error);
      return undefined;
    }
    this.#busySince = undefined;
    try {
      const results = this.#runTogether(group) ?? this.#runApart(group);
      this.#statements.commit.run();
      return results;
    } catch (error) {
      this.#rollback();
      if (isSyncFailure(error)) this.#fail(group, error);
      else refuse(group, error);
      return undefined;
    }
  }

  #begin(): void {
    beginWriting(this.#statements);
  }

  async #retryOrRefuse(group: Item[], error: unknown): Promise<void> {
    this.#busySince ??= performance.now();
    const waited = performance.now() - this.#busySince;
    if (resultCode(error) === 5 && waited < busyLimitMs) {
      this.#queue = [...group, ...this.#queue];
      await new Promise((resolve) => setTimeout(resolve, busyRetryMs));
      return;
    }
    this.#busySince = undefined;
    refuse(group, error);
  }

  /** The common case: every item succeeds. Undefined when one failed and all was rolled back. */
  #runTogether(group: readonly Item[]): Result[] | undefined {
    try {
      return group.map((item) => ({ value: item.work(this.#statements) }));
    } catch (error) {
      if (!isItemFault(error)) throw error;
      this.#statements.rollback.run();
      this.#begin();
      return undefined;
    }
  }

  /** One item failed: each again in a savepoint of its own, so that it fails alone. */
  #runApart(group: readonly Item[]): Result[] {
    return group.map((item) => {
      this.#statements.savepoint.run();
      try {
        const value = item.work(this.#statements);
        this.#statements.releaseSavepoint.run();
        return { value };
      } catch (error) {
        if (!isItemFault(error)) throw error;
        this.#statements.rollbackSavepoint.run();
        this.#statements.releaseSavepoint.run();
        return { error: unavailable(error) };
      }
    });
  }

  #rollback(): void {
    try {
      this.#statements.rollback.run();
    } catch {
      // SQLite has rolled back by itself, or nothing had begun.
    }
  }

  #fail(group: readonly Item[], error: unknown): void {
    const fatal = new GatewayError(
      "STORE_UNAVAILABLE",
      `The disk could not be synced (${messageOf(error)}); the store is closed. Check the disk, then start again.`,
      { cause: error },
    );
    refuse(group, fatal);
    refuse(this.#queue.splice(0), fatal);
    refuse(this.#later.splice(0), fatal);
    this.#shut(fatal);
    this.#onFatal(fatal);
  }

  #shut(reason: GatewayError): void {
    if (this.#closed) return;
    this.#closed = reason;
    if (this.#walFd !== undefined) closeSync(this.#walFd);
    this.#db.close();
    for (const wake of this.#waking.splice(0)) wake();
  }

  async #untilIdle(): Promise<void> {
    while (this.#flushing && !this.#closed) await this.#nextFlush();
  }

  /** Resolves when a group has been flushed, this one or the next. */
  #nextFlush(): Promise<void> {
    return new Promise((resolve) => {
      this.#waking.push(resolve);
    });
  }
}

type Result = { readonly value: unknown } | { readonly error: GatewayError };

function refuse(items: readonly Item[], error: unknown): void {
  const answer = error instanceof GatewayError ? error : unavailable(error);
  for (const item of items) item.reject(answer);
}
