import type { Transition } from "./engine.ts";
import type { RetryPolicy } from "./retry.ts";
import { nextAttemptAt } from "./retry.ts";
import type { Outcome } from "./types.ts";

/** The state that follows an attempt's outcome under a retry policy. */
export function transitionOf(
  outcome: Outcome,
  policy: RetryPolicy,
  attempt: {
    readonly attempts: number;
    readonly firstAttemptAt: number;
    readonly now: number;
    readonly random: number;
  },
): Transition {
  switch (outcome.kind) {
    case "delivered":
      return { state: "delivered" };
    case "skipped":
      return { state: "skipped", reason: outcome.reason };
    case "interrupted":
      return { state: "ready" };
    case "failed": {
      const dueAt = outcome.permanent
        ? undefined
        : nextAttemptAt(policy, { ...attempt, retryAfterMs: outcome.retryAfterMs });
      const reason = `${outcome.code}: ${outcome.detail}`;
      return dueAt === undefined ? { state: "dead", reason } : { state: "ready", dueAt, reason };
    }
    default:
      return outcome satisfies never;
  }
}
