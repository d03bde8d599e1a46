/**
 * A code destination's worker, seen from the gateway's thread. Whatever happens in it stays there:
 *
 *   a run's time is up    the attempt ends at once; the worker is told to abort it, and pinged
 *   no pong               its loop is blocked: it is terminated and what else it had fails
 *   it exits or crashes   what it had fails; the next delivery starts another
 *   it can't load         the same, and the next start waits, longer each time
 *
 * While a ping is out, new runs wait for its answer rather than go into a worker that may be lost.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { DestinationContext } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { OpenDestination, Outcome, Parcel } from "../core/types.ts";
import { Attempts, type OpenAttempt } from "./attempts.ts";
import { codeParcel } from "./code-module.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./code-protocol.ts";

/** The sources run unbuilt, so the entry ends as this file does. */
const entry = new URL(`./code-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Past its heap's limit V8 grants a worker 16 MiB more to stop in; what doesn't fit aborts the process.
 * A young generation of at most that much fits. Tried (Node 24.21, eight ways to fill 64 and 512 MiB):
 * with the default size four and two of them took the process along; with 16 one did, a Map that
 * doubles, whose next table alone is larger. And one loop, `for (;;) all.push(new Array(1000).fill(0))`,
 * is not even stopped by `terminate`, with or without limits: the thread stays until the process ends,
 * and holds that end up. A module that may do either needs a process of its own.
 */
const youngMb = 16;

const pongWithinMs = 1_000;
const firstPauseMs = 500;
const longestPauseMs = 60_000;

type Run = { readonly parcel: Parcel; readonly attempt: OpenAttempt; isPosted: boolean };

/** How a worker is started. */
export type ThreadOptions = { readonly start: WorkerStart; readonly memoryMb: number };

/** Runs a user's module in a worker thread of its own, which it restarts when it is lost. */
export class CodeThread implements OpenDestination {
  readonly #context: DestinationContext;
  readonly #options: ThreadOptions;
  readonly #attempts: Attempts;
  readonly #runs = new Map<number, Run>();
  #lastRun = 0;
  #worker: Worker | undefined;
  #isLoaded = false;
  #ping: NodeJS.Timeout | undefined;
  #failedLoads = 0;
  #pause = { until: 0, reason: "" };

  constructor(context: DestinationContext, options: ThreadOptions) {
    this.#context = context;
    this.#options = options;
    this.#attempts = new Attempts(context.timeoutMs);
  }

  /** Starts the worker ahead of its first delivery, so that a module that can't be loaded shows in the log. */
  warm(): void {
    this.#worker ??= this.#startWorker();
  }

  send = (parcel: Parcel, signal: AbortSignal): Promise<Outcome> => {
    this.#lastRun += 1;
    const run = this.#lastRun;
    const attempt = this.#attempts.begin(signal, () => this.#abort(run));
    if (attempt.hasEnded()) return attempt.outcome;
    const opened = { parcel, attempt, isPosted: false };
    this.#runs.set(run, opened);
    if (this.#ping === undefined) this.#post(run, opened);
    return attempt.outcome;
  };

  close = async (): Promise<void> => {
    await this.#attempts.close();
    const worker = this.#worker;
    this.#forgetWorker();
    if (worker !== undefined) await terminated(worker);
  };

  #post(number: number, run: Run): void {
    const pauseMs = this.#pause.until - this.#context.now();
    if (this.#worker === undefined && pauseMs > 0) {
      this.#end(number, failed(this.#pause.reason, pauseMs));
      return;
    }
    try {
      this.#worker ??= this.#startWorker();
    } catch (thrown) {
      this.#end(number, failed(`no worker could be started: ${messageOf(thrown)}`));
      return;
    }
    run.isPosted = true;
    // A copy of exactly the body: a Buffer of the pool shares its memory with others.
    const body = new Uint8Array(run.parcel.body);
    const parcel = codeParcel(run.parcel);
    this.#say({ kind: "run", run: number, parcel, body }, [body.buffer]);
  }

  #startWorker(): Worker {
    const { start, memoryMb } = this.#options;
    const worker = new Worker(entry, {
      name: `surehook ${this.#context.name}`,
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: youngMb },
    });
    let crash: string | undefined;
    worker.on("message", (message: FromWorker) => {
      if (worker === this.#worker) this.#hear(message);
    });
    worker.on("error", (error) => {
      crash = messageOf(error);
    });
    worker.on("exit", (code) => {
      const why = crash === undefined ? `it exited with code ${code}` : `it crashed: ${crash}`;
      if (worker === this.#worker) this.#lose(why);
    });
    return worker;
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "loaded":
        this.#isLoaded = true;
        this.#failedLoads = 0;
        break;
      case "unloadable":
        this.#lose(`the module could not be loaded: ${message.detail}`);
        break;
      case "ended":
        this.#end(message.run, outcomeOf(message.failure));
        break;
      case "pong":
        this.#stopPing();
        this.#postWaiting();
        break;
      case "log":
        this.#context.log(message.text, { ...message.fields, deliveryId: message.deliveryId });
        break;
      default:
        message satisfies never;
    }
  }

  #abort(number: number): void {
    const run = this.#runs.get(number);
    this.#runs.delete(number);
    if (run?.isPosted !== true || this.#worker === undefined) return;
    this.#say({ kind: "abort", run: number });
    if (this.#ping !== undefined) return;
    this.#say({ kind: "ping" });
    this.#ping = setTimeout(() => this.#lose("its module blocked it"), pongWithinMs);
  }

  #postWaiting(): void {
    for (const [number, run] of this.#runs) if (!run.isPosted) this.#post(number, run);
  }

  /** The worker is gone or has to go. */
  #lose(why: string): void {
    const worker = this.#worker;
    const reason = `worker restarted: ${why}`;
    if (!this.#isLoaded) this.#holdBack(reason);
    this.#forgetWorker();
    void worker?.terminate();
    this.#context.log("code worker lost", { destination: this.#context.name, why });
    for (const [number, run] of this.#runs) if (run.isPosted) this.#end(number, failed(reason));
    this.#postWaiting();
  }

  #holdBack(reason: string): void {
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failedLoads);
    this.#failedLoads += 1;
    this.#pause = { until: this.#context.now() + pauseMs, reason };
  }

  #forgetWorker(): void {
    this.#worker = undefined;
    this.#isLoaded = false;
    this.#stopPing();
  }

  #stopPing(): void {
    clearTimeout(this.#ping);
    this.#ping = undefined;
  }

  #end(number: number, outcome: Outcome): void {
    this.#runs.get(number)?.attempt.end(outcome);
    this.#runs.delete(number);
  }

  #say(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }
}

/** Waits for a worker's end, though not for ever: `terminate` doesn't stop every loop (above). */
async function terminated(worker: Worker): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, pongWithinMs);
  await Promise.race([worker.terminate(), late]);
  clearTimeout(timer);
}

function outcomeOf(failure: string | undefined): Outcome {
  return failure === undefined ? { kind: "delivered" } : failed(failure);
}

function failed(detail: string, retryAfterMs?: number): Outcome {
  const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { kind: "failed", code: "HANDLER_FAILED", detail, ...wish };
}
