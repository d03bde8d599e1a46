import { describe, expect, it } from "vitest";
import { transitionOf } from "./outcome.ts";
import { shortRetry } from "./retry.ts";
import type { Outcome } from "./types.ts";

const now = 1_772_323_200_000;
const following = (outcome: Outcome, attempts = 1) =>
  transitionOf(outcome, shortRetry, { attempts, firstAttemptAt: now, now, random: 0.5 });
const failed: Outcome = { kind: "failed", code: "DESTINATION_STATUS", detail: "it said 500" };

describe("what follows an attempt", () => {
  it("is delivered after a success, and skipped with its reason after a skip", () => {
    expect(following({ kind: "delivered", status: 204 })).toEqual({ state: "delivered" });
    expect(following({ kind: "skipped", reason: "no" })).toEqual({
      state: "skipped",
      reason: "no",
    });
  });

  it("is ready again after a failure, later, with code and detail as the reason", () => {
    const reason = "DESTINATION_STATUS: it said 500";
    expect(following(failed)).toEqual({ state: "ready", dueAt: now + 2_000, reason });
    const wish = following({ ...failed, retryAfterMs: 60_000 });
    expect(wish).toEqual({ state: "ready", dueAt: now + 60_000, reason });
  });

  it("is ready at once after an interruption, however many attempts there were", () => {
    const outcome: Outcome = { kind: "interrupted", reason: "a neighbour crashed" };
    expect(following(outcome, 3)).toEqual({ state: "ready" });
  });

  it("is dead at once after a failure that is permanent, whatever else it wishes", () => {
    const reason = "DESTINATION_STATUS: it said 500";
    expect(following({ ...failed, permanent: true })).toEqual({ state: "dead", reason });
    const wish = following({ ...failed, permanent: true, retryAfterMs: 60_000 });
    expect(wish).toEqual({ state: "dead", reason });
  });

  it("is dead when attempts have run out", () => {
    const reason = "DESTINATION_STATUS: it said 500";
    expect(following(failed, 3)).toEqual({ state: "dead", reason });
  });
});
