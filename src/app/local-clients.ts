/** Live clients of functions that run on this machine: a SQLite file in place of the connection table, and wires that note what they would carry. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type {
  ClientState,
  ClientWires,
  ConnectedClient,
  ConnectedClients,
} from "../net/aws/live.ts";

/** How long a write waits for another process's; it holds up the process, so not for long. */
const busyMs = 1_000;

const made = `CREATE TABLE IF NOT EXISTS clients (
  connectionId TEXT PRIMARY KEY, state TEXT NOT NULL, until INTEGER NOT NULL, ttl INTEGER NOT NULL,
  types TEXT, held TEXT NOT NULL DEFAULT '[]', said INTEGER NOT NULL DEFAULT 0) STRICT`;

type Row = {
  readonly connectionId: string;
  readonly state: ClientState;
  readonly until: number;
  readonly types: string | null;
  readonly held: string;
  readonly said: number;
};

/** What a client would have got. */
export type ToClient =
  | { readonly connectionId: string; readonly sent: string }
  | { readonly connectionId: string; readonly isCut: true };

/** Opens the table of who is connected, made where it isn't there; it changes as the one on AWS does. */
export function localClients(path: string): ConnectedClients & { readonly close: () => void } {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: busyMs });
  database.exec("PRAGMA journal_mode = WAL");
  database.exec(made);
  const rows = (sql: string, ...values: (string | number | null)[]): ConnectedClient[] =>
    (database.prepare(sql).all(...values) as Row[]).map(clientOf);
  const change = (set: string, where: string, ...values: (string | number | null)[]) =>
    rows(`UPDATE clients SET ${set} WHERE connectionId = ? AND ${where} RETURNING *`, ...values)[0];
  return {
    add: async ({ connectionId, state, until, ttl }) => {
      const columns = "(connectionId, state, until, ttl)";
      const put = `INSERT OR REPLACE INTO clients ${columns} VALUES (?, ?, ?, ?)`;
      database.prepare(put).run(connectionId, state, until, ttl);
    },
    remove: async (connectionId) => {
      database.prepare("DELETE FROM clients WHERE connectionId = ?").run(connectionId);
    },
    get: async (connectionId) =>
      rows("SELECT * FROM clients WHERE connectionId = ?", connectionId)[0],
    all: async function* all() {
      yield rows("SELECT * FROM clients");
    },
    hear: async (connectionId) => change("said = said + 1", "true", connectionId),
    subscribe: async (connectionId, types) =>
      change("types = ?", "true", JSON.stringify(types), connectionId) !== undefined,
    leaveOpening: async (connectionId, until) => {
      const to = until === undefined ? "live" : "resuming";
      const values = [to, until ?? 0, connectionId] as const;
      return change("state = ?, until = ?", "state = 'opening'", ...values) !== undefined;
    },
    hold: async (connectionId, eventId, now) => {
      const set = "held = json_insert(held, '$[#]', ?)";
      const where = "state = 'resuming' AND until > ?";
      return change(set, where, eventId, connectionId, now) !== undefined;
    },
    endResuming: async (connectionId, held) => {
      const where = "state = 'resuming' AND json_array_length(held) = ?";
      return change("state = 'live', held = '[]'", where, connectionId, held) !== undefined;
    },
    close: () => database.close(),
  };
}

function clientOf({ connectionId, state, until, types, held, said }: Row): ConnectedClient {
  return {
    connectionId,
    state,
    until,
    types: types === null ? undefined : (JSON.parse(types) as string[]),
    held: (JSON.parse(held) as string[]).toSorted(),
    said,
  };
}

/** The way to clients that aren't there: what would go out is noted. */
export function notedWires(clients: ConnectedClients, note: (one: ToClient) => void): ClientWires {
  return {
    write: async (connectionId, bytes) => {
      note({ connectionId, sent: bytes.toString() });
      return true;
    },
    cut: async (connectionId) => {
      note({ connectionId, isCut: true });
      await clients.remove(connectionId);
    },
  };
}
