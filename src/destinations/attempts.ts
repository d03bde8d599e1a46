import type { Outcome } from "../core/types.ts";

/** An attempt under way: its outcome to come, and how to end it; only the first end counts. */
export type OpenAttempt = {
  readonly outcome: Promise<Outcome>;
  readonly end: (outcome: Outcome) => void;
  readonly hasEnded: () => boolean;
};

/** The attempts of one destination that are under way. Their owner ends each: with its work, or where it was cut. */
export class Attempts {
  readonly #timeoutMs: number;
  readonly #open = new Set<OpenAttempt>();
  #isClosed = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Begins one. Where its time is up or its signal fires first, `cut` is called, once, with the outcome to end it with. */
  begin(signal: AbortSignal, cut: (outcome: Outcome, reason: unknown) => void): OpenAttempt {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const aborted = () => abortOutcome(signal.reason, this.#timeoutMs);
    const onTime = () => {
      disarm();
      cut(timedOut(this.#timeoutMs), timeoutReason());
    };
    const onAbort = () => {
      disarm();
      cut(aborted(), signal.reason);
    };
    const timer = setTimeout(onTime, this.#timeoutMs);
    const disarm = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const end = (outcome: Outcome) => {
      disarm();
      this.#open.delete(attempt);
      resolve(outcome);
    };
    const attempt = { outcome: promise, end, hasEnded: () => !this.#open.has(attempt) };
    this.#open.add(attempt);
    if (this.#isClosed) end(stopped("the destination is closed"));
    else if (signal.aborted) end(aborted());
    else signal.addEventListener("abort", onAbort, { once: true });
    return attempt;
  }

  /** Ends when all that are under way have; later ones fail at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map(({ outcome }) => outcome));
  }
}

function abortOutcome(reason: unknown, timeoutMs: number): Outcome {
  const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
  return isTimeout ? timedOut(timeoutMs) : stopped("the attempt was stopped before it ended");
}

function timedOut(timeoutMs: number): Outcome {
  const detail = `handle did not end within ${timeoutMs / 1000} s`;
  return { kind: "failed", code: "DESTINATION_TIMEOUT", detail };
}

function stopped(detail: string): Outcome {
  return { kind: "failed", code: "HANDLER_FAILED", detail };
}

function timeoutReason(): DOMException {
  return new DOMException("the attempt's time is up", "TimeoutError");
}
