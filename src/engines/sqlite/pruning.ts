/** What takes old rows away. Never what still waits. */
import type { Row } from "./rows.ts";
import { idsFrom } from "./rows.ts";
import type { Statements } from "./statements.ts";

/** Where the last stretch ended, so that rows that must stay aren't looked at again each time. */
export type PruneCursor = { seq: number; source: string; key: string };

/** Where pruning begins. */
export function startOfPrune(): PruneCursor {
  return { seq: 0, source: "", key: "" };
}

/** Removes up to `limit` requests that arrived before a time, with all that hangs on them; how many rows. */
export function pruneWork(
  sql: Statements,
  cursor: PruneCursor,
  bounds: { readonly before: number; readonly limit: number; readonly now: number },
): number {
  return pruneRequests(sql, cursor, bounds) + pruneKeys(sql, cursor, bounds);
}

function pruneRequests(
  sql: Statements,
  cursor: PruneCursor,
  bounds: { readonly before: number; readonly limit: number },
): number {
  const rows = sql.oldestRequests.all(cursor.seq, bounds.limit);
  const young = rows.findIndex((row) => (row["received_at"] as number) >= bounds.before);
  const old = young < 0 ? rows : rows.slice(0, young);
  let removed = 0;
  for (const row of old) removed += pruneRequest(sql, row);
  const reachedEnd = young >= 0 || rows.length < bounds.limit;
  cursor.seq = reachedEnd ? 0 : (rows.at(-1)?.["seq"] as number);
  return removed;
}

function pruneRequest(sql: Statements, row: Row): number {
  const owned = row["outcome"] === "accepted" || row["outcome"] === "released";
  const events = owned
    ? idsFrom(row["event_ids"]).filter(
        (id) => sql.eventRequestId.get(id)?.["request_id"] === row["id"],
      )
    : [];
  if (events.some((id) => sql.holdsEvent.get(id) !== undefined)) return 0;
  let removed = 0;
  for (const id of events) {
    for (const statement of [sql.deleteAttempts, sql.deleteDeliveries, sql.deleteEvent]) {
      removed += Number(statement.run(id).changes);
    }
  }
  return removed + Number(sql.deleteRequest.run(row["seq"] as number).changes);
}

function pruneKeys(
  sql: Statements,
  cursor: PruneCursor,
  bounds: { readonly limit: number; readonly now: number },
): number {
  const stretch = sql.dedupeStretch.all(cursor.source, cursor.key, bounds.limit);
  let removed = 0;
  for (const row of stretch) {
    if ((row["expires_at"] as number) > bounds.now) continue;
    removed += Number(
      sql.deleteKey.run(row["source"] as string, row["key"] as string, bounds.now).changes,
    );
  }
  const last = stretch.length < bounds.limit ? undefined : stretch.at(-1);
  cursor.source = (last?.["source"] ?? "") as string;
  cursor.key = (last?.["key"] ?? "") as string;
  return removed;
}
