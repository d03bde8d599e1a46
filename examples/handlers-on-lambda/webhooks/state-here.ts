/**
 * What the handlers know of orders, customers and repositories: one table each, in a SQLite file of the
 * application's own. Put your own database here; the functions are all that is used.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

export type Table = "orders" | "customers" | "repositories" | "alerts";

const tables = ["orders", "customers", "repositories", "alerts"]  as const;
let opened: DatabaseSync | undefined;

function database(): DatabaseSync {
  if (opened) return opened;
  const file = process.env["WEBHOOKS_DATABASE"] ?? ".surehook/application.db";
  mkdirSync(dirname(file), { recursive: true });
  opened = new DatabaseSync(file, { timeout: 5000 });
  opened.exec("PRAGMA journal_mode = WAL");
  for (const table of tables) {
    opened.exec(
      "CREATE TABLE IF NOT EXISTS " + table +
        " (id TEXT PRIMARY KEY, state TEXT NOT NULL, at INTEGER NOT NULL) STRICT",
    );
  }
  return opened;
}

/** Sets a state as of a time (milliseconds). Events may come late or twice: an older one changes nothing. */
export async function setState(
  table: Table,
  id: string,
  { state, at }: { readonly state: string; readonly at: number },
): Promise<void> {
  database()
    .prepare(
      "INSERT INTO " + table + " (id, state, at) VALUES (?, ?, ?) " +
        "ON CONFLICT (id) DO UPDATE SET state = excluded.state, at = excluded.at " +
        "WHERE excluded.at >= " + table + ".at",
    )
    .run(id, state, at);
}

/** The state of an order, a customer, a repository or an alert. */
export async function stateOf(table: Table, id: string): Promise<string | undefined> {
  const row = database().prepare("SELECT state FROM " + table + " WHERE id = ?").get(id);
  return row === undefined ? undefined : String(row["state"]);
}
