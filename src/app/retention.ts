import type { Engine } from "../core/engine.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";

const everyMs = 30_000;
/** Requests looked at in one transaction, so that accepts never wait long behind it. */
const stepSize = 200;
/** A stretch may hold only what still waits; after so many in a row the rest is left for next time. */
const mostIdleSteps = 20;

/** Removes what retention allows, a little at a time. */
export class Retention {
  readonly #timer: NodeJS.Timeout;
  #isRunning = false;
  #isStopped = false;

  constructor(options: {
    readonly engine: Engine;
    readonly log: Log;
    readonly keepMs: number;
    readonly now: () => number;
  }) {
    const { engine, log, keepMs, now } = options;
    this.#timer = setInterval(() => {
      if (this.#isRunning) return;
      this.#isRunning = true;
      this.#prune(engine, () => now() - keepMs)
        .catch((error: unknown) => log.error({ error: messageOf(error) }, "could not prune"))
        .finally(() => {
          this.#isRunning = false;
        });
    }, everyMs);
    this.#timer.unref();
  }

  /** Ends after the step under way. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  async #prune(engine: Engine, before: () => number): Promise<void> {
    let idleSteps = 0;
    while (idleSteps < mostIdleSteps && !this.#isStopped) {
      const removed = await engine.prune({ before: before(), limit: stepSize });
      idleSteps = removed === 0 ? idleSteps + 1 : 0;
    }
  }
}
