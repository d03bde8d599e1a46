import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Failure, RetryPolicy } from "./retry.ts";
import { nextAttemptAt, patientRetry, shortRetry } from "./retry.ts";

const first = 1_772_323_200_000;
const failure = (words: Partial<Failure> = {}): Failure => ({
  attempts: 1,
  firstAttemptAt: first,
  now: first,
  retryAfterMs: undefined,
  random: 0.5,
  ...words,
});

describe("the short policy", () => {
  it("waits 2000 and 4000 ms and then gives up", () => {
    expect(nextAttemptAt(shortRetry, failure({ attempts: 1 }))).toBe(first + 2_000);
    expect(nextAttemptAt(shortRetry, failure({ attempts: 2 }))).toBe(first + 4_000);
    expect(nextAttemptAt(shortRetry, failure({ attempts: 3 }))).toBeUndefined();
  });
});

describe("the patient policy", () => {
  it("draws each wait below a doubling bound of at most six hours", () => {
    const waits = [1, 2, 3, 11, 12, 13, 30].map(
      (attempts) =>
        (nextAttemptAt(patientRetry, failure({ attempts, random: 0.999_999 })) ?? 0) - first,
    );
    const bounds = [10_000, 20_000, 40_000, 10_240_000, 20_480_000, 21_600_000, 21_600_000];
    expect(waits).toEqual(bounds.map((bound) => Math.ceil(bound * 0.999_999)));
  });

  it("never hammers, however small the draw", () => {
    expect(nextAttemptAt(patientRetry, failure({ random: 0 }))).toBe(first + 500);
  });

  it("tries for three days, some thirty times", () => {
    let now = first;
    let attempts = 1;
    for (;;) {
      const next = nextAttemptAt(patientRetry, failure({ attempts, now }));
      if (next === undefined) break;
      now = next;
      attempts += 1;
    }
    expect(now).toBe(first + 72 * 3_600_000);
    expect(attempts).toBeGreaterThan(25);
    expect(attempts).toBeLessThan(40);
  });
});

describe("a destination's own wish", () => {
  it("is honoured where it is longer than ours", () => {
    const long = failure({ retryAfterMs: 3_600_000 });
    expect(nextAttemptAt(patientRetry, long)).toBe(first + 3_600_000);
    expect(nextAttemptAt(shortRetry, failure({ retryAfterMs: 10 }))).toBe(first + 2_000);
  });

  it("goes no further than the policy's age", () => {
    const week = failure({ retryAfterMs: 7 * 86_400_000 });
    expect(nextAttemptAt(patientRetry, week)).toBe(first + patientRetry.maxAgeMs);
  });
});

describe("any policy", () => {
  const policy: fc.Arbitrary<RetryPolicy> = fc.record({
    attempts: fc.integer({ min: 1, max: 2_000 }),
    firstDelayMs: fc.integer({ min: 1, max: 10_000_000 }),
    maxDelayMs: fc.integer({ min: 1, max: 100_000_000 }),
    maxAgeMs: fc.integer({ min: 1, max: 1_000_000_000 }),
    jitter: fc.constantFrom("full" as const, "none" as const),
  });
  const fault = fc.record({
    attempts: fc.integer({ min: 1, max: 2_000 }),
    late: fc.nat({ max: 1_000_000_000 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    retryAfterMs: fc.option(fc.nat({ max: 1_000_000_000 }), { nil: undefined }),
  });

  it("names a whole time after now and within its age, or none when it has run out", () => {
    fc.assert(
      fc.property(policy, fault, (rule, { late, ...rest }) => {
        const now = first + late;
        const next = nextAttemptAt(rule, failure({ ...rest, now }));
        const isOver = rest.attempts >= rule.attempts || late >= rule.maxAgeMs;
        expect(next === undefined).toBe(isOver);
        if (next === undefined) return;
        expect(Number.isSafeInteger(next)).toBe(true);
        expect(next).toBeGreaterThan(now);
        expect(next).toBeLessThanOrEqual(first + rule.maxAgeMs);
      }),
    );
  });
});
