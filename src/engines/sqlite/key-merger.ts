/** Brings recent dedupe keys into their table, a few with each group of commits. */
import type { KeyToMerge, RecentKeys } from "./recent-keys.ts";
import type { Statements } from "./statements.ts";
import type { Writer } from "./writer.ts";

/** Requests that the table may be behind: more cost memory, fewer write more pages of the table for each key. */
const mostBehind = 8_192;
const checkMs = 250;
/** Keys in one group's transaction while others wait for it, and when nobody does. */
const fewKeys = 128;
const manyKeys = 4_096;

/** Runs until closed. */
export class KeyMerger {
  readonly #writer: Writer;
  readonly #clock: () => number;
  readonly #recent: RecentKeys;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor(writer: Writer, clock: () => number) {
    this.#writer = writer;
    this.#clock = clock;
    this.#recent = writer.recentKeys;
    this.#timer = setInterval(() => this.#check(), checkMs);
    this.#timer.unref();
  }

  /** Stops, with all keys in the table. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    // What can't be merged is read again by the next one that opens the store.
    if (!this.#writer.isClosed) await this.merge(manyKeys).catch(() => undefined);
  }

  #check(): void {
    if (this.#running !== undefined || this.#recent.behind < mostBehind) return;
    this.#running = this.merge(fewKeys)
      // Such as a full disk: the same batch is merged again at the next check.
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Brings all keys that are known now into the table. One merge at a time. */
  async merge(atOnce: number): Promise<void> {
    const batch = this.#recent.split();
    for (let at = 0; at < batch.keys.length; at += atOnce) {
      const now = this.#clock();
      const keys = batch.keys.slice(at, at + atOnce).filter(({ expiresAt }) => expiresAt > now);
      await this.#writer.writeLater((sql) => mergeKeys(sql, keys));
    }
    await this.#writer.writeLater((sql) => sql.putMergedSeq.run(batch.upTo));
    this.#recent.forget(batch);
  }
}

function mergeKeys(sql: Statements, keys: readonly KeyToMerge[]): void {
  for (const { source, key, seq, expiresAt } of keys) sql.mergeKey.run(source, key, seq, expiresAt);
}
