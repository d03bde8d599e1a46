import { setTimeout as pause } from "node:timers/promises";
import type { Engine, Settlement } from "../core/engine.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";

/** How soon a settlement that the store could not take (a full disk) is tried again. */
const againMs = 1_000;

/** What settlements are recorded with. */
export type SettlerOptions = {
  readonly engine: Pick<Engine, "settle">;
  readonly destination: string;
  readonly log: Log;
  readonly now: () => number;
  /** Settlements that are tried again at a time; those beyond are lost, and their deliveries come again. */
  readonly mostWaiting: number;
  /** Called when an attempt is on disk with the state that follows. */
  readonly onRecorded: (settlement: Settlement) => void;
};

/**
 * Records the attempts of one destination. What the store can't take is kept in memory and tried again
 * as long as its lease lasts: lost, it would be sent once more, and only when the lease has ended.
 */
export class Settler {
  readonly #options: SettlerOptions;
  readonly #under = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #waiting = 0;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** Takes a settlement; it is recorded when `onRecorded` was called with it. */
  settle(settlement: Settlement, leasedUntil: number): void {
    // The key alone, so that what waits holds no body.
    const { deliveryId, attempt, lease } = settlement.claim;
    const kept = { ...settlement, claim: { deliveryId, attempt, lease } };
    const recording = this.#record(kept, leasedUntil).finally(() => {
      this.#under.delete(recording);
    });
    this.#under.add(recording);
  }

  /** Resolves when nothing is on its way any more; what waits is tried once more, at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#under);
  }

  async #record(settlement: Settlement, leasedUntil: number): Promise<void> {
    const { destination, log, onRecorded } = this.#options;
    const { claim, outcome, transition } = settlement;
    const { deliveryId: delivery, attempt } = claim;
    const fields = { destination, delivery, attempt };
    try {
      const settled = await this.#settleWithin(leasedUntil, settlement, fields);
      if (settled === "settled") onRecorded(settlement);
      else log.warn(fields, "attempt not recorded: the lease had passed on");
    } catch (error) {
      log.error({ ...fields, error: messageOf(error) }, "attempt not recorded; it comes again");
    }
    if (outcome.kind === "interrupted") {
      log.warn({ ...fields, reason: outcome.reason }, "attempt interrupted; it isn't counted");
    }
    if (outcome.kind === "failed") {
      const { code, status } = outcome;
      // Not its detail, which may hold words of the destination's: the payload, a signature. `deliveries` shows it.
      log.warn({ ...fields, code, status, next: transition.state }, "attempt failed");
    }
  }

  async #settleWithin(
    leasedUntil: number,
    settlement: Settlement,
    fields: object,
  ): ReturnType<Engine["settle"]> {
    const { engine, log } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        return await engine.settle(settlement);
      } catch (error) {
        if (!this.#mayWait(leasedUntil)) throw error;
        if (tries === 1) {
          const words = { ...fields, error: messageOf(error) };
          log.warn(
            words,
            "attempt not recorded yet; the store is asked again while the lease lasts",
          );
        }
        await this.#wait();
      }
    }
  }

  #mayWait(leasedUntil: number): boolean {
    const { now, mostWaiting } = this.#options;
    if (this.#stopping.signal.aborted || this.#waiting >= mostWaiting) return false;
    return now() + againMs < leasedUntil;
  }

  async #wait(): Promise<void> {
    this.#waiting += 1;
    // A stop ends the wait by a rejection.
    await pause(againMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    this.#waiting -= 1;
  }
}
