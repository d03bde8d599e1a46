/**
 * A code destination's process, seen from the gateway. Whatever happens in it stays there:
 *
 *   a run's time is up    the process is told to abort it, and pinged; with the pong it has timed out
 *   no pong               its loop is blocked: it is killed
 *   it exits or crashes   the next delivery starts another
 *   it can't load         what it had fails, and the next start waits, longer each time
 *
 * Which of its runs lost it can't be told: handlers interleave, and one that has ended may have left
 * something behind. Only a process that ran nothing else has its loss charged to its run; what other
 * processes had is interrupted, and `IsolatedCode` runs it alone.
 *
 * While a ping is out, new runs wait for its answer rather than go into a process that may be lost. So
 * the channel holds no more than the runs that are under way at once.
 *
 * Rejected: a worker thread. Tried (Node 24.21, eight ways to fill a heap of 64 and 512 MiB): V8 grants a
 * thread's full heap 16 MiB more to stop in, and what doesn't fit aborts the whole process (four ways;
 * with a young generation of 16 MiB still one, a Map that doubles). One loop, `for (;;) all.push(new
 * Array(1000).fill(0))`, isn't even stopped by `terminate`. What a process costs (medians, 1 KB bodies):
 * 101 µs of CPU per send over both processes, 51 of them in the gateway's, against 77 with a thread; some
 * 50 MiB of memory, 65 ms of CPU to start, and 0.5 ms a second when idle.
 */
import type { ChildProcess } from "node:child_process";
import type { DestinationContext } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { OpenDestination, Outcome, Parcel } from "../core/types.ts";
import { Attempts, type OpenAttempt } from "./attempts.ts";
import { endChild, forkChild, whyEnded } from "./code-fork.ts";
import { codeParcel } from "./code-module.ts";
import type { ChildStart, FromChild, RunEnd, ToChild } from "./code-protocol.ts";

const pongWithinMs = 1_000;
const firstPauseMs = 500;
const longestPauseMs = 60_000;

type Run = {
  readonly parcel: Parcel;
  readonly attempt: OpenAttempt;
  isPosted: boolean;
  /** Its time is up: how it ends if the process answers, or is charged to it. */
  cut?: Outcome;
};

/** What a process needs of its destination's or transform's surroundings. */
export type ProcessContext = Pick<DestinationContext, "name" | "timeoutMs" | "now" | "log">;

/** Runs a user's module in a process of its own, which it restarts when it is lost. */
export class CodeProcess implements OpenDestination {
  readonly #context: ProcessContext;
  readonly #start: ChildStart;
  readonly #onLost: (deliveryId: string) => void;
  readonly #attempts: Attempts;
  readonly #runs = new Map<number, Run>();
  #lastRun = 0;
  #child: ChildProcess | undefined;
  #isLoaded = false;
  /** How many runs it has been given. */
  #given = 0;
  #crash: string | undefined;
  #ping: NodeJS.Timeout | undefined;
  #failedLoads = 0;
  #pause = { until: 0, reason: "" };

  /** `onLost` is told each delivery that was in a process when that was lost. */
  constructor(context: ProcessContext, start: ChildStart, onLost: (deliveryId: string) => void) {
    this.#context = context;
    this.#start = start;
    this.#onLost = onLost;
    this.#attempts = new Attempts(context.timeoutMs);
  }

  /** Starts the process ahead of its first delivery, so that a module that can't be loaded shows in the log. */
  warm(): void {
    this.#startChild();
  }

  send = (parcel: Parcel, signal: AbortSignal): Promise<Outcome> => {
    this.#lastRun += 1;
    const run = this.#lastRun;
    const attempt = this.#attempts.begin(signal, (outcome) => this.#cut(run, outcome));
    if (attempt.hasEnded()) return attempt.outcome;
    const opened: Run = { parcel, attempt, isPosted: false };
    this.#runs.set(run, opened);
    if (this.#ping === undefined) this.#post(run, opened);
    return attempt.outcome;
  };

  close = async (): Promise<void> => {
    await this.#attempts.close();
    const child = this.#child;
    this.#forgetChild();
    if (child !== undefined) await endChild(child);
  };

  #post(number: number, run: Run): void {
    const pauseMs = this.#pause.until - this.#context.now();
    if (this.#child === undefined && pauseMs > 0) {
      this.#end(number, failed(this.#pause.reason, pauseMs));
      return;
    }
    try {
      if (this.#child === undefined) this.#startChild();
    } catch (thrown) {
      this.#end(number, failed(`no worker could be started: ${messageOf(thrown)}`));
      return;
    }
    run.isPosted = true;
    this.#given += 1;
    const { parcel } = run;
    this.#say({ kind: "run", run: number, parcel: codeParcel(parcel), body: parcel.body });
  }

  #startChild(): void {
    const child = forkChild(this.#context.name, this.#start.memoryMb);
    this.#child = child;
    child.on("message", (message) => {
      if (child === this.#child) this.#hear(message as FromChild);
    });
    child.on("error", (error) => {
      if (child === this.#child) this.#lose(messageOf(error));
    });
    // Not `exit`: what it said last may still be on its way then.
    child.on("close", (code, signal) => {
      if (child === this.#child) this.#lose(this.#crash ?? whyEnded(code, signal));
    });
    this.#say({ kind: "start", gatewayPid: process.pid, start: this.#start });
  }

  #hear(message: FromChild): void {
    switch (message.kind) {
      case "loaded":
        this.#isLoaded = true;
        this.#failedLoads = 0;
        break;
      case "unloadable":
        this.#lose(`the module could not be loaded: ${message.detail}`);
        break;
      case "ended":
        this.#hearEnd(message.run, message);
        // Only busy: what comes before the ping may take its time.
        this.#ping?.refresh();
        break;
      case "crashed":
        this.#crash = `it crashed: ${message.detail}`;
        break;
      case "pong":
        this.#stopPing();
        for (const [number, { cut }] of this.#runs) if (cut !== undefined) this.#end(number, cut);
        this.#postWaiting();
        break;
      case "log":
        this.#log(message);
        break;
      default:
        message satisfies never;
    }
  }

  #log({ text, fields, deliveryId }: Extract<FromChild, { kind: "log" }>): void {
    this.#context.log(text, { ...JSON.parse(fields), deliveryId });
  }

  /** A handler that ends because it was aborted has timed out. */
  #hearEnd(number: number, { failure, skipped, result }: RunEnd): void {
    if (failure !== undefined) this.#end(number, this.#runs.get(number)?.cut ?? failed(failure));
    else if (skipped !== undefined) this.#end(number, { kind: "skipped", reason: skipped });
    else
      this.#end(number, { kind: "delivered", ...(result === undefined ? {} : { detail: result }) });
  }

  /** A run's time is up. Whether that is its own fault shows when the process answers, or doesn't. */
  #cut(number: number, outcome: Outcome): void {
    const run = this.#runs.get(number);
    if (run?.isPosted !== true) {
      this.#end(number, interrupted("it waited for a process that was blocked"));
      return;
    }
    run.cut = outcome;
    this.#say({ kind: "abort", run: number });
    if (this.#ping !== undefined) return;
    this.#say({ kind: "ping" });
    this.#ping = setTimeout(() => this.#lose("its module blocked it"), pongWithinMs);
  }

  #postWaiting(): void {
    for (const [number, run] of this.#runs) if (!run.isPosted) this.#post(number, run);
  }

  /** The process is gone or has to go. */
  #lose(why: string): void {
    const child = this.#child;
    const reason = `worker restarted: ${why}`;
    const isLoaded = this.#isLoaded;
    const isCharged = !isLoaded || this.#given === 1;
    if (!isLoaded) this.#holdBack(reason);
    this.#forgetChild();
    child?.kill("SIGKILL");
    this.#context.log("code worker lost", { destination: this.#context.name, why });
    for (const [number, { parcel, isPosted, cut }] of this.#runs) {
      if (!isPosted) continue;
      if (isLoaded) this.#onLost(parcel.deliveryId);
      this.#end(number, isCharged ? (cut ?? failed(reason)) : interrupted(reason));
    }
    this.#postWaiting();
  }

  #holdBack(reason: string): void {
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failedLoads);
    this.#failedLoads += 1;
    this.#pause = { until: this.#context.now() + pauseMs, reason };
  }

  #forgetChild(): void {
    this.#child = undefined;
    this.#isLoaded = false;
    this.#given = 0;
    this.#crash = undefined;
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

  /** What doesn't arrive is lost with the process, whose end is heard or whose pong is missed. */
  #say(message: ToChild): void {
    if (this.#child?.connected === true) this.#child.send(message, () => undefined);
  }
}

function interrupted(reason: string): Outcome {
  return { kind: "interrupted", reason };
}

function failed(detail: string, retryAfterMs?: number): Outcome {
  const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { kind: "failed", code: "HANDLER_FAILED", detail, ...wish };
}
