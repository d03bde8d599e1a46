/**
 * A code destination with processes of its own: one that deliveries share, and one at a time for a
 * suspect, which is a delivery that was in a process when that was lost. A suspect runs alone in a fresh
 * process, so that its loss is charged to the one that caused it, and to no neighbour.
 *
 * Suspects stand in line. One whose turn comes late goes back to the store and comes again, since its
 * attempt would no longer have its time. Meanwhile it holds one of the destination's places, which keeps
 * a module that fails for each event from making ever more suspects.
 */
import type { OpenDestination, Outcome, Parcel } from "../core/types.ts";
import { CodeProcess, type ProcessContext } from "./code-process.ts";
import type { ChildStart } from "./code-protocol.ts";

/** Past this the oldest is forgotten: it may interrupt its neighbours once more. */
const mostSuspects = 10_000;
/** Of its time, what a suspect may spend in line. */
const shareInLine = 0.1;

/** Runs a user's module so that what one delivery breaks is charged to no other. */
export class IsolatedCode implements OpenDestination {
  readonly #context: ProcessContext;
  readonly #start: ChildStart;
  readonly #shared: CodeProcess;
  readonly #suspects = new Set<string>();
  #isClosed = false;
  /** Ends when the last in line has. */
  #line: Promise<void> = Promise.resolve();

  constructor(context: ProcessContext, start: ChildStart) {
    this.#context = context;
    this.#start = start;
    this.#shared = new CodeProcess(context, start, this.#suspect);
  }

  /** Starts the shared process ahead of its first delivery. */
  warm(): void {
    this.#shared.warm();
  }

  send = (parcel: Parcel, signal: AbortSignal): Promise<Outcome> =>
    this.#suspects.has(parcel.deliveryId) && !this.#isClosed
      ? this.#standInLine(parcel, signal)
      : this.#shared.send(parcel, signal);

  close = async (): Promise<void> => {
    this.#isClosed = true;
    await Promise.all([this.#shared.close(), this.#line]);
  };

  async #standInLine(parcel: Parcel, signal: AbortSignal): Promise<Outcome> {
    const before = this.#line;
    const turn = Promise.withResolvers<void>();
    this.#line = turn.promise;
    const { now, timeoutMs } = this.#context;
    const latest = now() + timeoutMs * shareInLine;
    try {
      await before;
      if (signal.aborted || now() > latest) {
        return { kind: "interrupted", reason: "others ran alone before it" };
      }
      return await this.#runAlone(parcel, signal);
    } finally {
      turn.resolve();
    }
  }

  /** It is a suspect no more, unless its process is lost again. */
  async #runAlone(parcel: Parcel, signal: AbortSignal): Promise<Outcome> {
    this.#suspects.delete(parcel.deliveryId);
    const alone = new CodeProcess(this.#context, this.#start, this.#suspect);
    try {
      return await alone.send(parcel, signal);
    } finally {
      await alone.close();
    }
  }

  readonly #suspect = (deliveryId: string): void => {
    this.#suspects.add(deliveryId);
    const [oldest = deliveryId] = this.#suspects;
    if (this.#suspects.size > mostSuspects) this.#suspects.delete(oldest);
  };
}
