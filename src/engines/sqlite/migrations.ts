/**
 * The store's form, step by step. Append only: a released step never changes (a test holds their
 * hashes). `PRAGMA user_version` counts the steps a store has taken.
 *
 * Ids rise with time, so tables keyed by them grow at one edge, and each row sits in one b-tree:
 * `events`, `deliveries` and `attempts` are WITHOUT ROWID. `requests` has a rowid because of its
 * bodies, which would spill out of an index b-tree. It is told by the id (`placeOf`), so no index leads
 * there, but for the rows that were kept before ids told it: they stand below 4294967296.
 *
 * What all events of a request share stands in `requests` alone: what isn't bound isn't paid for. A
 * request without `event_ids` tells one event by the request's own id: verified, valid, the whole body
 * of a POST without a query. That is nearly every request, so what names and dates such an event stands
 * in `requests` too (measured: 8,000 instructions an accept fewer than with a row of its own). `events`
 * keeps all others.
 *
 * A dedupe key of such a request that is just the event's id stands there as well, with its end
 * (`key_expires_at`, index requests_keys): one statement fewer. `dedupe` keeps all others, and points at
 * a request's row and the event's place in it. Many senders' ids are random, so each new key dirties a
 * page of its own, and small rows are fewer pages.
 */
import { deliveryStates, requestOutcomes } from "../../core/lifecycle.ts";

/**
 * A CHECK that a column holds one of some words. Not `IN (…)`: for more than two words SQLite opens
 * an ephemeral table for it at each insert, measured at 189,000 instructions an accept, against 134,000 without.
 */
function oneOf(column: string, words: readonly string[]): string {
  return `CHECK (${words.map((word) => `${column} = '${word}'`).join(" OR ")})`;
}

const assurances = ["verified", "authenticated", "unsigned"];

/** Each step as SQL. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE requests (
    seq            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL,
    source         TEXT NOT NULL,
    received_at    INTEGER NOT NULL,
    method         TEXT NOT NULL DEFAULT 'POST',
    path           TEXT NOT NULL,
    query          TEXT NOT NULL DEFAULT '',
    params         TEXT,
    remote_address TEXT NOT NULL,
    outcome        TEXT NOT NULL ${oneOf("outcome", requestOutcomes)},
    assurance      TEXT ${oneOf("assurance", assurances)},
    secret_name    TEXT,
    code           TEXT,
    detail         TEXT,
    event_ids      TEXT,
    stored_at      INTEGER,
    provider       TEXT,
    type           TEXT,
    provider_event_id TEXT,
    occurred_at    INTEGER,
    original_id    TEXT,
    answer         TEXT,
    codec          TEXT,
    key_id         TEXT,
    body_ref       TEXT,
    body_bytes     INTEGER NOT NULL,
    headers        TEXT NOT NULL,
    body           BLOB,
    CHECK ((event_ids IS NULL) = (type IS NOT NULL))
  ) STRICT;
  CREATE UNIQUE INDEX requests_id ON requests (id);
  CREATE INDEX requests_rejected ON requests (source, seq) WHERE outcome = 'rejected';
  CREATE INDEX requests_rejected_from ON requests (source, remote_address, seq)
    WHERE outcome = 'rejected';

  CREATE TABLE events (
    id                TEXT PRIMARY KEY,
    request_seq       INTEGER NOT NULL,
    stored_at         INTEGER NOT NULL,
    provider          TEXT NOT NULL,
    type              TEXT NOT NULL,
    provider_event_id TEXT,
    occurred_at       INTEGER,
    validity          TEXT NOT NULL ${oneOf("validity", ["valid", "invalid"])},
    body_start        INTEGER NOT NULL,
    body_end          INTEGER NOT NULL,
    in_decoded        INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE dedupe (
    source      TEXT NOT NULL,
    key         TEXT NOT NULL,
    request_seq INTEGER NOT NULL,
    item        INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (source, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE deliveries (
    event_id         TEXT NOT NULL,
    destination      TEXT NOT NULL,
    number           INTEGER NOT NULL,
    state            TEXT NOT NULL ${oneOf("state", deliveryStates)},
    origin           TEXT NOT NULL ${oneOf("origin", ["route", "replay"])},
    created_at       INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    first_attempt_at INTEGER,
    lease            TEXT,
    leased_until     INTEGER,
    settled_at       INTEGER,
    archived_at      INTEGER,
    lane_key         TEXT,
    lane_sequence    INTEGER,
    reason           TEXT,
    PRIMARY KEY (event_id, destination, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_ready ON deliveries (destination, due_at) WHERE state = 'ready';
  CREATE INDEX deliveries_leased ON deliveries (leased_until) WHERE state = 'leased';
  CREATE INDEX deliveries_dead ON deliveries (settled_at)
    WHERE state = 'dead' AND archived_at IS NULL;

  CREATE TABLE attempts (
    event_id    TEXT NOT NULL,
    destination TEXT NOT NULL,
    delivery    INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    outcome     TEXT NOT NULL ${oneOf("outcome", ["delivered", "failed", "skipped"])},
    status      INTEGER,
    code        TEXT,
    detail      TEXT,
    PRIMARY KEY (event_id, destination, delivery, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pauses (
    destination TEXT NOT NULL,
    lane_key    TEXT NOT NULL,
    cause       TEXT NOT NULL ${oneOf("cause", ["person", "circuit", "poison"])},
    reason      TEXT NOT NULL,
    since       INTEGER NOT NULL,
    until       INTEGER,
    PRIMARY KEY (destination, lane_key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sealed (
    name    TEXT PRIMARY KEY,
    value   BLOB NOT NULL,
    version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE probes (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  DROP INDEX requests_id;
  CREATE UNIQUE INDEX requests_id ON requests (id) WHERE seq < 4294967296;

  ALTER TABLE requests ADD COLUMN key_expires_at INTEGER;
  CREATE UNIQUE INDEX requests_keys ON requests (provider_event_id, source)
    WHERE key_expires_at IS NOT NULL;
  `,
];
