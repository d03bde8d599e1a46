/**
 * Keeps the WAL short, off the commit path. A thread of its own copies pages while commits go on
 * (PASSIVE). Under steady load that alone never reaches the end, and the WAL would grow for ever; so
 * once little is left, the writer holds its next group for the moment that the rest takes (RESTART).
 */
import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Writer } from "./writer.ts";

/** The WAL is checkpointed when it has grown past this. */
const walBytes = 48 * 1_048_576;
const checkMs = 250;
/** PASSIVE rounds before the writer is held all the same. */
const passiveRounds = 4;
/** Pages that may be left when the writer is held. */
const fewPages = 2_000;

type Report = { readonly busy: boolean; readonly pending: number; readonly error?: string };

const nothingDone: Report = { busy: true, pending: -1 };

/** Runs until closed. */
export class Checkpointer {
  readonly #path: string;
  readonly #writer: Writer;
  readonly #worker: Worker;
  readonly #timer: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  #hasEnded = false;
  #running: Promise<void> | undefined;
  #waiting: ((report: Report) => void) | undefined;

  constructor(path: string, writer: Writer) {
    this.#path = path;
    this.#writer = writer;
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./checkpoint-worker.${extension}`, import.meta.url), {
      workerData: { path },
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
      name: "surehook-checkpoint",
    });
    this.#worker.on("message", (report: Report) => this.#answer(report));
    // What can't be checkpointed any more goes on all the same: the WAL grows until the next start.
    this.#worker.on("error", () => this.#answer(nothingDone));
    this.#ended = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#hasEnded = true;
        this.#answer(nothingDone);
        resolve();
      });
    });
    this.#worker.unref();
    this.#timer = setInterval(() => this.#check(), checkMs);
    this.#timer.unref();
  }

  /** Stops, after the round under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    this.#worker.ref();
    this.#worker.postMessage("close");
    await this.#ended;
  }

  #check(): void {
    if (this.#running || this.#hasEnded || walSize(this.#path) < walBytes) return;
    this.#running = this.#checkpoint().finally(() => {
      this.#running = undefined;
    });
  }

  async #checkpoint(): Promise<void> {
    for (let round = 0; round < passiveRounds; round += 1) {
      const { pending } = await this.#ask("PASSIVE");
      if (pending >= 0 && pending < fewPages) break;
    }
    await this.#writer.hold(() => this.#ask("RESTART"));
  }

  #ask(mode: "PASSIVE" | "RESTART"): Promise<Report> {
    if (this.#hasEnded) return Promise.resolve(nothingDone);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#worker.ref();
      this.#worker.postMessage(mode);
    });
  }

  #answer(report: Report): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#worker.unref();
    waiting?.(report);
  }
}

function walSize(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
