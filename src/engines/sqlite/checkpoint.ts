/**
 * Keeps the WAL short, off the commit path. A thread of its own copies pages while commits go on
 * (PASSIVE). Under steady load that alone never reaches the end, and the WAL would grow for ever; so
 * once little is left, the writer holds its next group for the moment that the rest takes (RESTART).
 */
import { Worker } from "node:worker_threads";
import { messageOf } from "../../core/errors.ts";
import type { LogLine } from "../../core/log.ts";
import { logLongerThan } from "./wal-log.ts";
import type { Writer } from "./writer.ts";

/** The WAL is checkpointed when its log has grown past this. */
const walBytes = 48 * 1_048_576;
const checkMs = 250;
/** PASSIVE rounds before the writer is held all the same. */
const passiveRounds = 4;
/** Pages that may be left when the writer is held. */
const fewPages = 2_000;
/** A thread that ends again and again is started this late at most. */
const longestWaitMs = 60_000;

type Report = { readonly busy: boolean; readonly pending: number; readonly error?: string };
type Thread = { readonly worker: Worker; readonly ended: Promise<void> };

const nothingDone: Report = { busy: true, pending: -1 };

/** What a checkpointer is made of. */
export type CheckpointerOptions = {
  readonly path: string;
  readonly writer: Pick<Writer, "hold">;
  /** Told when the WAL can't be shortened for now. */
  readonly warn: LogLine;
};

/** Runs until closed. Should its thread end, the next one is started, each time twice as late. */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #timer: NodeJS.Timeout;
  #thread: Thread | undefined;
  /** Threads that ended since the WAL was last shortened. */
  #endings = 0;
  #notBefore = 0;
  #isFailing = false;
  #isClosing = false;
  #running: Promise<void> | undefined;
  #waiting: ((report: Report) => void) | undefined;
  /** The log that is in the store as a whole; what is written next begins another. */
  #copied: string | undefined;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#thread = this.#start();
    this.#timer = setInterval(() => void this.check(), checkMs);
    this.#timer.unref();
  }

  /** Stops, after the round under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    this.#isClosing = true;
    this.#thread?.worker.ref();
    this.#thread?.worker.postMessage("close");
    await this.#thread?.ended;
  }

  #start(): Thread {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./checkpoint-worker.${extension}`, import.meta.url), {
      workerData: { path: this.#options.path },
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
      name: "surehook-checkpoint",
    });
    let fault = "it ended by itself";
    worker.on("message", (report: Report) => this.#answer(report));
    worker.on("error", (error) => {
      fault = messageOf(error);
    });
    const ended = new Promise<void>((resolve) => {
      worker.once("exit", () => {
        this.#ended(fault);
        resolve();
      });
    });
    worker.unref();
    return { worker, ended };
  }

  #ended(fault: string): void {
    this.#thread = undefined;
    this.#answer(nothingDone);
    if (this.#isClosing) return;
    this.#endings += 1;
    const waitMs = Math.min(longestWaitMs, checkMs * 2 ** (this.#endings - 1));
    this.#notBefore = performance.now() + waitMs;
    this.#options.warn(
      { error: fault, againInMs: waitMs },
      "the thread that shortens the store's write-ahead log has ended; it is started anew",
    );
  }

  /** Shortens the log where that is due; called by its own timer. Resolves when there is nothing more to do. */
  check(): Promise<void> {
    this.#running ??= this.#shortenIfDue()
      // Such as no more files that this process may open.
      .catch((error: unknown) => this.#tell(messageOf(error)))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #shortenIfDue(): Promise<void> {
    if (this.#thread === undefined && performance.now() >= this.#notBefore) {
      this.#thread = this.#start();
    }
    if (this.#thread === undefined) return;
    const log = logLongerThan(this.#options.path, walBytes);
    if (log !== undefined && log !== this.#copied) await this.#checkpoint(log);
  }

  async #checkpoint(log: string): Promise<void> {
    for (let round = 0; round < passiveRounds; round += 1) {
      const { pending } = await this.#ask("PASSIVE");
      if (pending >= 0 && pending < fewPages) break;
    }
    const { busy, pending, error } = await this.#options.writer.hold(() => this.#ask("RESTART"));
    if (!busy && pending === 0) this.#copied = log;
    if (pending >= 0) this.#endings = 0;
    this.#tell(error);
  }

  /** Once for faults in a row. */
  #tell(error: string | undefined): void {
    if (error !== undefined && !this.#isFailing) {
      this.#options.warn({ error }, "the store's write-ahead log can't be shortened; it grows");
    }
    this.#isFailing = error !== undefined;
  }

  #ask(mode: "PASSIVE" | "RESTART"): Promise<Report> {
    const { worker } = this.#thread ?? {};
    if (worker === undefined) return Promise.resolve(nothingDone);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      worker.ref();
      worker.postMessage(mode);
    });
  }

  #answer(report: Report): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#thread?.worker.unref();
    waiting?.(report);
  }
}
