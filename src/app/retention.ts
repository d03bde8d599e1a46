import type { Engine } from "../core/engine.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";

const everyMs = 30_000;
/** Requests looked at in one transaction, so that accepts never wait long behind it. */
const stepSize = 200;

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
    for (;;) {
      const removed = await engine.prune({ before: before(), limit: stepSize });
      if (removed === 0 || this.#isStopped) return;
    }
  }
}
