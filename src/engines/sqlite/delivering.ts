/** What moves deliveries through their states. Each function runs inside a group's transaction. */
import type { Claim, Settlement } from "../../core/engine.ts";
import type { DeliveryState } from "../../core/lifecycle.ts";
import type { Row } from "./rows.ts";
import { bytesOf, claimFrom, deliveryKey } from "./rows.ts";
import type { Statements } from "./statements.ts";

/** How much to claim, and until when it is leased. */
export type ClaimBounds = {
  readonly limit: number;
  readonly maxBytes: number;
  readonly leaseMs: number;
  readonly now: number;
  /** Marks the claimer's leases; unique for each call. */
  readonly token: string;
};

/** Leases what is due of a destination, unless it is paused. */
export function claimWork(sql: Statements, destination: string, bounds: ClaimBounds): Claim[] {
  if (sql.pauseOf.get(destination, bounds.now) !== undefined) return [];
  const lease = { token: bounds.token, until: bounds.now + bounds.leaseMs, now: bounds.now };
  const rows = dueWithin(sql, destination, bounds);
  return rows.map((row) => {
    sql.lease.run(
      row["event_id"] as string,
      destination,
      row["number"] as number,
      lease.token,
      lease.until,
      lease.now,
    );
    return claimFrom(row, lease);
  });
}

/** Rows are read one by one, so that at most one body over the bound comes into memory. */
function dueWithin(sql: Statements, destination: string, bounds: ClaimBounds): Row[] {
  const rows: Row[] = [];
  let bytes = 0;
  for (const row of sql.due.iterate(destination, bounds.now, bounds.limit)) {
    bytes += bytesOf(row["body"]).length;
    if (rows.length > 0 && bytes > bounds.maxBytes) break;
    rows.push(row);
  }
  return rows;
}

/** Records an attempt with the state that follows; false when the lease is no longer ours. */
export function settleWork(sql: Statements, settlement: Settlement): boolean {
  const { claim, transition, outcome, startedAt, endedAt } = settlement;
  const key = deliveryKey(claim.deliveryId);
  if (key === undefined) return false;
  if (outcome.kind === "interrupted") return sql.handBack.run(...key, claim.lease).changes === 1;
  const { changes } = sql.settle.run(
    ...key,
    claim.lease,
    transition.state,
    transition.dueAt ?? null,
    transition.state === "ready" ? null : endedAt,
    transition.reason ?? null,
  );
  if (changes === 0) return false;
  const facts = outcome.kind === "skipped" ? { detail: outcome.reason } : outcome;
  sql.insertAttempt.run(
    ...key,
    claim.attempt,
    startedAt,
    endedAt,
    outcome.kind,
    ("status" in facts ? facts.status : undefined) ?? null,
    outcome.kind === "failed" ? outcome.code : null,
    facts.detail ?? null,
  );
  return true;
}

/** Makes a new delivery of each kept event; how many. */
export function replayWork(
  sql: Statements,
  orders: readonly { readonly eventId: string; readonly destination: string }[],
  now: number,
): number {
  let made = 0;
  for (const { eventId, destination } of orders) {
    if (sql.eventRequestId.get(eventId) === undefined) continue;
    const last = sql.lastDeliveryNumber.get(eventId, destination)?.["number"] as number;
    sql.insertReplay.run(eventId, destination, last + 1, now);
    made += 1;
  }
  return made;
}

/** Cancels a delivery that waits; the state it has then. */
export function cancelWork(
  sql: Statements,
  id: string,
  cause: { readonly reason: string; readonly now: number },
): DeliveryState | undefined {
  const key = deliveryKey(id);
  if (key === undefined) return undefined;
  const { changes } = sql.cancel.run(...key, cause.now, cause.reason);
  if (changes === 1) return "cancelled";
  return sql.deliveryById.get(...key)?.["state"] as DeliveryState | undefined;
}
