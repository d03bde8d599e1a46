/**
 * The dedupe keys of the newest requests, in memory. Many senders' ids are random: put into their table one by one,
 * each dirties a page of its own (measured: half of all pages that accepts wrote). So a common request's key stands
 * in the request's own row, which is written anyway, and here; `key-merger.ts` brings thousands at a time into the
 * table, in the table's order. What the table lacks is read from the requests when a store is opened, and when
 * another process has kept requests meanwhile.
 */
import type { StatementSync } from "node:sqlite";

/** A key's holder: the one event of a request. */
export type RecentKey = {
  /** The request's rowid. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
};

/** A key on its way to the table. */
export type KeyToMerge = RecentKey & { readonly source: string; readonly key: string };

/** Keys that are brought to the table together: all of the requests up to one. */
export type Batch = { readonly upTo: number; readonly keys: readonly KeyToMerge[] };

/** A moment of a transaction that can be returned to. */
export type Mark = { readonly newest: number; readonly puts: number };

type BySource = Map<string, Map<string, RecentKey>>;
type Put = {
  readonly keys: Map<string, RecentKey>;
  readonly key: string;
  readonly before: RecentKey | undefined;
};

type Queries = Readonly<Record<"mergedSeq" | "lastSeq" | "keysBehind", StatementSync>>;

/** Keeps step with its connection's transactions: what is rolled back there is to be here too. */
export class RecentKeys {
  readonly #sql: Queries;
  #keys: BySource = new Map();
  /** What is being merged; found until it is. */
  #leaving: BySource | undefined;
  #batch: Batch | undefined;
  /** The last request whose key the table has, as all before it. */
  #merged: number;
  /** The last request that is known here. */
  #newest: number;
  #isCurrent = false;
  #puts: Put[] = [];

  constructor(sql: Queries) {
    this.#sql = sql;
    this.#merged = Number(sql.mergedSeq.get()?.["seq"]);
    this.#newest = this.#merged;
  }

  /** How many requests the table is behind. */
  get behind(): number {
    return this.#newest - this.#merged;
  }

  /** A transaction begins. */
  begin(): void {
    this.#isCurrent = false;
    this.#puts = [];
  }

  /** Where a transaction stands. */
  mark(): Mark {
    return { newest: this.#newest, puts: this.#puts.length };
  }

  /** Takes back what came after a mark. */
  rollback({ newest, puts }: Mark): void {
    this.#newest = newest;
    this.#isCurrent = false;
    for (const { keys, key, before } of this.#puts.splice(puts).reverse()) {
      if (before === undefined) keys.delete(key);
      else keys.set(key, before);
    }
  }

  /** The next free rowid of requests, known before the row is there so that keys can point at it. */
  nextSeq(): number {
    this.catchUp();
    this.#newest += 1;
    return this.#newest;
  }

  /** Who holds a key, be its time over or not; undefined where the table is to be asked. */
  find(source: string, key: string): RecentKey | undefined {
    this.catchUp();
    return this.#keys.get(source)?.get(key) ?? this.#leaving?.get(source)?.get(key);
  }

  /** Takes a key for a request whose row tells it. */
  put(source: string, key: string, holder: RecentKey): void {
    let keys = this.#keys.get(source);
    if (keys === undefined) {
      keys = new Map();
      this.#keys.set(source, keys);
    }
    this.#puts.push({ keys, key, before: keys.get(key) });
    keys.set(key, holder);
  }

  /** Lets go of keys whose time is over; how many. No rollback brings them back: nobody asks for them any more. */
  dropExpired(now: number): number {
    let dropped = 0;
    for (const keys of this.#keys.values()) {
      for (const [key, { expiresAt }] of keys) {
        if (expiresAt <= now && keys.delete(key)) dropped += 1;
      }
    }
    return dropped;
  }

  /** Reads what others have kept, once in a transaction. */
  catchUp(): void {
    if (this.#isCurrent) return;
    this.#isCurrent = true;
    const last = Number(this.#sql.lastSeq.get()?.["seq"]);
    const rows = last > this.#newest ? this.#sql.keysBehind.all(this.#newest) : [];
    for (const { seq, source, dedupe_key, dedupe_until } of rows) {
      const holder = { seq: Number(seq), expiresAt: Number(dedupe_until) };
      this.put(String(source), String(dedupe_key), holder);
    }
    this.#newest = last;
  }

  /** What is to be merged next, or still is where a merge has failed. Between transactions only. */
  split(): Batch {
    if (this.#batch !== undefined) return this.#batch;
    const keys: KeyToMerge[] = [];
    for (const source of [...this.#keys.keys()].sort()) {
      const all = this.#keys.get(source) ?? new Map<string, RecentKey>();
      for (const key of [...all.keys()].sort()) {
        keys.push({ source, key, ...(all.get(key) as RecentKey) });
      }
    }
    this.#leaving = this.#keys;
    this.#keys = new Map();
    this.#batch = { upTo: this.#newest, keys };
    return this.#batch;
  }

  /** The batch is in the table. */
  forget({ upTo }: Batch): void {
    this.#merged = upTo;
    this.#leaving = undefined;
    this.#batch = undefined;
  }
}
