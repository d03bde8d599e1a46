/** The local form of a DynamoDB table: a table of the same attributes in a SQLite file. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Item } from "./dynamodb-item.ts";

/** How long a write waits for another process's; it holds up the process, so not for long. */
const busyMs = 1000;

/** A table that items are put into, replacing one of the same key unless that is newer. */
export type LocalTable = {
  readonly put: (item: Item) => "put" | "newer";
  readonly close: () => void;
};

/** What a table is like. */
type TableShape = {
  readonly name: string;
  readonly attributes: readonly string[];
  readonly key: readonly string[];
  /** The attribute by which an item is newer than another. */
  readonly newerBy: string | undefined;
};

/** Opens a table, made or widened as needed. */
export function openLocalTable(path: string, table: TableShape): LocalTable {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: busyMs });
  const name = quoted(table.name);
  const columns = table.attributes.map(quoted);
  const key = table.key.map(quoted);
  try {
    // No types: a column holds what an item has, text as text and numbers as numbers.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    database.exec(
      `CREATE TABLE IF NOT EXISTS ${name} (${columns.join(", ")}, PRIMARY KEY (${key.join(", ")}))`,
    );
    const there = database.prepare(`PRAGMA table_info(${name})`).all();
    const known = new Set(there.map((column) => quoted(String(column["name"]))));
    for (const column of columns) {
      if (!known.has(column)) database.exec(`ALTER TABLE ${name} ADD COLUMN ${column}`);
    }
    const put = database.prepare(putStatement(table));
    return {
      put: (item) => {
        const values = table.attributes.map((attribute) => columnValue(item[attribute]));
        return put.run(...values).changes === 0 ? "newer" : "put";
      },
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function putStatement({ name, attributes, key, newerBy }: TableShape): string {
  const columns = attributes.map(quoted).join(", ");
  const values = `(${columns}) VALUES (${attributes.map(() => "?").join(", ")})`;
  if (newerBy === undefined) return `INSERT OR REPLACE INTO ${quoted(name)} ${values}`;
  const by = quoted(newerBy);
  const changes = attributes.map((one) => `${quoted(one)} = excluded.${quoted(one)}`).join(", ");
  return `INSERT INTO ${quoted(name)} AS old ${values}
    ON CONFLICT (${key.map(quoted).join(", ")}) DO UPDATE SET ${changes}
    WHERE old.${by} IS NULL OR old.${by} <= excluded.${by}`;
}

/** Lists and objects are JSON, true and false 1 and 0, what is missing NULL. */
function columnValue(value: unknown): string | number | null {
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  return value === undefined || value === null ? null : JSON.stringify(value);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
