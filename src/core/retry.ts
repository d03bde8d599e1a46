/** How often and how late a failed delivery is tried again. */
export type RetryPolicy = {
  /** Attempts in all. */
  readonly attempts: number;
  /** Mean-doubling base: the first wait is drawn from 0 to this, in milliseconds. */
  readonly firstDelayMs: number;
  /** No wait is drawn from more than this. */
  readonly maxDelayMs: number;
  /** Milliseconds after the first attempt at which trying ends. */
  readonly maxAgeMs: number;
  /** `full`: each wait is drawn between 0 and its bound. `none`: the bound itself. */
  readonly jitter: "full" | "none";
};

const hourMs = 3_600_000;

/** Three days, exponential with full jitter, waits up to six hours: some thirty attempts. */
export const patientRetry: RetryPolicy = {
  attempts: 60,
  firstDelayMs: 10_000,
  maxDelayMs: 6 * hourMs,
  maxAgeMs: 72 * hourMs,
  jitter: "full",
};

/** Three attempts, after 2000 and 4000 ms. */
export const shortRetry: RetryPolicy = {
  attempts: 3,
  firstDelayMs: 2_000,
  maxDelayMs: hourMs,
  maxAgeMs: hourMs,
  jitter: "none",
};

/** A wait is never shorter than this, so that full jitter can't hammer. */
const leastDelayMs = 500;

/** What is known when an attempt has failed. */
export type Failure = {
  /** Attempts made, this one included. */
  readonly attempts: number;
  readonly firstAttemptAt: number;
  readonly now: number;
  /** The destination's own wish (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** From 0 up to, but not including, 1. */
  readonly random: number;
};

/**
 * When to try again, or undefined when attempts or age have run out. A `Retry-After` is honoured up
 * to the policy's age; the last attempt falls on the end of the age rather than being lost to it.
 */
export function nextAttemptAt(policy: RetryPolicy, failure: Failure): number | undefined {
  const end = failure.firstAttemptAt + policy.maxAgeMs;
  if (failure.attempts >= policy.attempts || failure.now >= end) return undefined;
  const bound = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failure.attempts - 1));
  const drawn = policy.jitter === "full" ? bound * failure.random : bound;
  const wait = Math.max(leastDelayMs, drawn, failure.retryAfterMs ?? 0);
  return Math.min(Math.ceil(failure.now + wait), end);
}
