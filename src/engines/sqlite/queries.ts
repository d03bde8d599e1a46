/**
 * All SQL of this engine, one constant a statement. Above each hot one stands the index it relies
 * on; `queries.test.ts` asks SQLite's planner whether that is so.
 */

export const begin = "BEGIN IMMEDIATE";
export const commit = "COMMIT";
export const rollback = "ROLLBACK";
export const savepoint = "SAVEPOINT item";
export const releaseSavepoint = "RELEASE item";
export const rollbackSavepoint = "ROLLBACK TO item";

/** Rises with what other connections commit. */
export const dataVersion = "PRAGMA data_version";

/** Primary key of dedupe, a step for each source. */
export const sourcesWithKeys = `
  WITH RECURSIVE sources (name) AS (
    SELECT min(source) FROM dedupe
    UNION ALL SELECT (SELECT min(source) FROM dedupe WHERE source > name) FROM sources
      WHERE name IS NOT NULL)
  SELECT name FROM sources WHERE name IS NOT NULL`;

/** Primary key of dedupe, which a taken key violates. */
export const takeKey = `
  INSERT INTO dedupe (source, key, request_seq, item, expires_at) VALUES (?, ?, ?, ?, ?)`;

/** Primary key of dedupe, rowid of requests. */
export const keyHolder = `
  SELECT d.request_seq, d.item, d.expires_at, r.id AS request_id,
    coalesce(r.event_ids, r.id) AS event_ids
  FROM dedupe d LEFT JOIN requests r ON r.seq = d.request_seq
  WHERE d.source = ?1 AND d.key = ?2`;

/**
 * Of a key whose time is over. Retention never takes a request before its keys; should it be gone all the same, the
 * key is free.
 */
export const retakeKey = `
  UPDATE dedupe SET request_seq = ?3, item = ?4, expires_at = ?5 WHERE source = ?1 AND key = ?2`;

/** Partial index requests_keys. */
export const idHolder = `
  SELECT seq, id, key_expires_at FROM requests
  WHERE provider_event_id = ?1 AND source = ?2 AND key_expires_at IS NOT NULL`;

/** Of a key whose time is over. */
export const freeId = "UPDATE requests SET key_expires_at = NULL WHERE seq = ?";

/**
 * The common case, which binds as little as it can: one new event by the request's own id, the whole of
 * a verified POST without a query. Where its id is its dedupe key, a taken one violates requests_keys.
 */
export const insertAccepted = `
  INSERT INTO requests (seq, id, source, received_at, path, params, remote_address, outcome,
    assurance, secret_name, stored_at, provider, type, provider_event_id, occurred_at, body_bytes,
    headers, body, key_expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'accepted', 'verified', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const insertRequest = `
  INSERT INTO requests (seq, id, source, received_at, method, path, query, params, remote_address,
    outcome, assurance, secret_name, code, detail, event_ids, original_id, answer, body_bytes,
    headers, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const insertEvent = `
  INSERT INTO events (id, request_seq, stored_at, provider, type, provider_event_id, occurred_at,
    validity, body_start, body_end, in_decoded)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const insertRouted = `
  INSERT INTO deliveries (event_id, destination, number, state, origin, created_at, due_at, lane_key)
  VALUES (?, ?, 1, 'ready', 'route', ?, ?, ?)`;

export const insertReplay = `
  INSERT INTO deliveries (event_id, destination, number, state, origin, created_at, due_at)
  VALUES (?1, ?2, ?3, 'ready', 'replay', ?4, ?4)`;

const eventColumns = `r.id AS request_id, coalesce(e.stored_at, r.stored_at) AS stored_at,
    r.received_at, r.source, coalesce(e.provider, r.provider) AS provider,
    coalesce(e.type, r.type) AS type, coalesce(e.provider_event_id, r.provider_event_id)
    AS provider_event_id, coalesce(e.occurred_at, r.occurred_at) AS occurred_at, r.assurance,
    r.secret_name, coalesce(e.validity, 'valid') AS validity, r.params,
    coalesce(e.body_start, 0) AS body_start, coalesce(e.body_end, r.body_bytes) AS body_end,
    coalesce(e.in_decoded, 0) AS in_decoded`;

/** The rowid of a request: what its id tells, but for those that were kept before ids told it (index requests_id). */
const seqOf = (id: string): string => `coalesce(
    (SELECT o.seq FROM requests o WHERE o.id = ${id} AND o.seq < 4294967296), place_of(${id}))`;

/** Primary key of events, else the rowid of the request by the same id, where most events stand. */
const eventOf = (id: string): string => `LEFT JOIN events e ON e.id = ${id}
  CROSS JOIN requests r ON r.seq = coalesce(e.request_seq, ${seqOf(id)})
    AND (e.id IS NOT NULL OR (r.id = ${id} AND r.type IS NOT NULL))`;

const requestColumns = `seq, id, source, received_at, method, path, query, params, remote_address,
  outcome, assurance, code, detail, coalesce(event_ids, id) AS event_ids, body_bytes, headers`;

/** Rowid of requests, as all that follows. */
const byId = `WHERE seq = ${seqOf("?1")} AND id = ?1`;

export const requestById = `SELECT ${requestColumns} FROM requests ${byId}`;
export const requestHead = `SELECT seq, outcome, answer FROM requests ${byId}`;
export const requestBody = `SELECT body, original_id FROM requests ${byId}`;
export const eventById = `
  SELECT w.id, ${eventColumns} FROM (SELECT ?1 AS id) w ${eventOf("w.id")}`;
export const eventRequestId = `
  SELECT r.id AS request_id FROM (SELECT ?1 AS id) w ${eventOf("w.id")}`;

export const markReleased = `
  UPDATE requests SET outcome = ?2, assurance = ?3, secret_name = ?4, event_ids = ?5, answer = ?6,
    code = coalesce(?7, code), detail = coalesce(?8, detail)
  ${byId} AND outcome = 'rejected'`;

export const keepAnswer = `UPDATE requests SET answer = ?2 ${byId} AND answer IS NULL`;

/** Partial index requests_rejected: what lies beyond the newest ?2 of a source. */
export const trimRejected = `
  DELETE FROM requests WHERE seq IN (
    SELECT seq FROM requests INDEXED BY requests_rejected
    WHERE outcome = 'rejected' AND source = ?1 ORDER BY seq DESC LIMIT -1 OFFSET ?2)`;

/** Partial index requests_rejected_from: the same for one address. */
export const trimRejectedFrom = `
  DELETE FROM requests WHERE seq IN (
    SELECT seq FROM requests INDEXED BY requests_rejected_from
    WHERE outcome = 'rejected' AND source = ?1 AND remote_address = ?2
    ORDER BY seq DESC LIMIT -1 OFFSET ?3)`;

/** Partial index deliveries_ready, then that of each event. */
export const due = `
  SELECT d.event_id, d.destination, d.number, d.attempts, d.first_attempt_at, ${eventColumns},
    r.method, r.query, r.headers, r.body
  FROM deliveries d INDEXED BY deliveries_ready ${eventOf("d.event_id")}
  WHERE d.state = 'ready' AND d.destination = ?1 AND d.due_at <= ?2
  ORDER BY d.due_at, d.event_id LIMIT ?3`;

/** Primary key of deliveries. */
export const lease = `
  UPDATE deliveries SET state = 'leased', lease = ?4, leased_until = ?5, attempts = attempts + 1,
    first_attempt_at = coalesce(first_attempt_at, ?6)
  WHERE event_id = ?1 AND destination = ?2 AND number = ?3`;

/** Primary key of deliveries; no change: the lease is no longer ours. */
export const settle = `
  UPDATE deliveries SET state = ?5, due_at = coalesce(?6, due_at), settled_at = ?7, reason = ?8,
    lease = NULL, leased_until = NULL
  WHERE event_id = ?1 AND destination = ?2 AND number = ?3 AND state = 'leased' AND lease = ?4`;

/** Primary key of deliveries. As though it had not been claimed: it keeps its place among what is due. */
export const handBack = `
  UPDATE deliveries SET state = 'ready', lease = NULL, leased_until = NULL, attempts = attempts - 1,
    first_attempt_at = CASE attempts WHEN 1 THEN NULL ELSE first_attempt_at END
  WHERE event_id = ?1 AND destination = ?2 AND number = ?3 AND state = 'leased' AND lease = ?4`;

export const insertAttempt = `
  INSERT INTO attempts (event_id, destination, delivery, number, started_at, ended_at, outcome,
    status, code, detail)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Partial index deliveries_leased. */
export const rescue = `
  UPDATE deliveries INDEXED BY deliveries_leased
  SET state = 'ready', lease = NULL, leased_until = NULL, due_at = ?1
  WHERE state = 'leased' AND leased_until <= ?1`;

/** Partial index deliveries_leased: nobody else can hold a lease when the owner has just begun. */
export const rescueAll = `
  UPDATE deliveries INDEXED BY deliveries_leased
  SET state = 'ready', lease = NULL, leased_until = NULL
  WHERE state = 'leased'`;

/** Partial index deliveries_ready. */
export const nextDue = `
  SELECT min(due_at) AS due FROM deliveries INDEXED BY deliveries_ready
  WHERE state = 'ready' AND destination = ?`;

/** Partial index deliveries_dead. */
export const unarchived = `
  SELECT * FROM deliveries INDEXED BY deliveries_dead
  WHERE state = 'dead' AND archived_at IS NULL ORDER BY settled_at LIMIT ?`;

export const markArchived = `
  UPDATE deliveries SET archived_at = ?4
  WHERE event_id = ?1 AND destination = ?2 AND number = ?3 AND state = 'dead'`;

export const lastDeliveryNumber = `
  SELECT coalesce(max(number), 0) AS number FROM deliveries
  WHERE event_id = ?1 AND destination = ?2`;

export const cancel = `
  UPDATE deliveries SET state = 'cancelled', settled_at = ?4, reason = ?5
  WHERE event_id = ?1 AND destination = ?2 AND number = ?3 AND state = 'ready'`;

export const deliveryById =
  "SELECT * FROM deliveries WHERE event_id = ?1 AND destination = ?2 AND number = ?3";

export const attemptsOf = `
  SELECT * FROM attempts WHERE event_id = ?1 AND destination = ?2 AND delivery = ?3
  ORDER BY number`;

/** A circuit or a poisoned delivery never overrides a person's pause. */
export const putPause = `
  INSERT INTO pauses (destination, lane_key, cause, reason, since, until)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6)
  ON CONFLICT (destination, lane_key) DO UPDATE
    SET cause = excluded.cause, reason = excluded.reason, since = excluded.since,
        until = excluded.until
    WHERE pauses.cause <> 'person' OR excluded.cause = 'person' OR pauses.until <= excluded.since`;

export const deletePause =
  "DELETE FROM pauses WHERE destination = ?1 AND lane_key = ?2 AND (until IS NULL OR until > ?3)";

export const livePauses = `
  SELECT * FROM pauses WHERE until IS NULL OR until > ?1 ORDER BY destination, lane_key`;

export const pauseOf = `
  SELECT reason, until FROM pauses
  WHERE destination = ?1 AND lane_key = '' AND (until IS NULL OR until > ?2)`;

export const sealedValue = "SELECT value, version FROM sealed WHERE name = ?";
export const insertSealed =
  "INSERT INTO sealed (name, value, version) VALUES (?1, ?2, 1) ON CONFLICT (name) DO NOTHING";
export const updateSealed =
  "UPDATE sealed SET value = ?2, version = version + 1 WHERE name = ?1 AND version = ?3";

export const probe = `
  INSERT INTO probes (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at`;

/** Rowid of requests. */
export const oldestRequests = `
  SELECT seq, id, received_at, outcome, coalesce(event_ids, id) AS event_ids FROM requests
  WHERE seq > ?1 ORDER BY seq LIMIT ?2`;

/** Primary key of deliveries. What waits, or has died and isn't archived yet, holds its event. */
export const holdsEvent = `
  SELECT 1 FROM deliveries WHERE event_id = ?1
    AND (state IN ('ready', 'leased') OR (state = 'dead' AND archived_at IS NULL)) LIMIT 1`;

export const deleteAttempts = "DELETE FROM attempts WHERE event_id = ?";
export const deleteDeliveries = "DELETE FROM deliveries WHERE event_id = ?";
export const deleteEvent = "DELETE FROM events WHERE id = ?";
export const deleteRequest = "DELETE FROM requests WHERE seq = ?";

/** Primary key of dedupe, swept a stretch at a time: an index on expires_at would cost each accept. */
export const dedupeStretch = `
  SELECT source, key, expires_at FROM dedupe WHERE (source, key) > (?1, ?2)
  ORDER BY source, key LIMIT ?3`;
export const deleteKey = "DELETE FROM dedupe WHERE source = ?1 AND key = ?2 AND expires_at <= ?3";

export const countRequests = "SELECT outcome AS name, count(*) AS n FROM requests GROUP BY outcome";
export const countEvents = `
  SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM requests WHERE type IS NOT NULL) AS n`;
export const countDeliveries = "SELECT state AS name, count(*) AS n FROM deliveries GROUP BY state";

const eventStretch = (past: string, order: string): string => `
  SELECT w.id, ${eventColumns} FROM (
    SELECT id FROM (SELECT id FROM requests
      WHERE seq >= 4294967296 AND seq ${past}= ?3 AND id ${past} ?1 AND type IS NOT NULL
      ORDER BY seq ${order} LIMIT ?2)
    UNION ALL SELECT id FROM (SELECT id FROM requests
      WHERE seq < 4294967296 AND id ${past} ?1 AND type IS NOT NULL ORDER BY id ${order} LIMIT ?2)
    UNION ALL SELECT id FROM (SELECT id FROM events
      WHERE id ${past} ?1 ORDER BY id ${order} LIMIT ?2)
    ORDER BY id ${order} LIMIT ?2
  ) w ${eventOf("w.id")} ORDER BY w.id ${order}`;

/**
 * A stretch of events in the order of ids: of each place where they stand (rowid of requests, index requests_id,
 * primary key of events) as many as the stretch may have, and the first of those. ?3 is the place that ?1 tells.
 * The rest of a filter is applied to the rows.
 */
export const eventsDown = eventStretch("<", "DESC");
export const eventsUp = eventStretch(">", "ASC");

export const requestsDown = `
  SELECT ${requestColumns} FROM requests WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2`;
export const requestsUp = `SELECT ${requestColumns} FROM requests WHERE seq > ?1 ORDER BY seq LIMIT ?2`;

export const deliveriesDown = `
  SELECT * FROM deliveries WHERE (event_id, destination, number) < (?1, ?2, ?3)
  ORDER BY event_id DESC, destination DESC, number DESC LIMIT ?4`;
export const deliveriesOfEvent = `
  SELECT * FROM deliveries WHERE event_id = ?1 ORDER BY destination DESC, number DESC`;
