/** The connection that writes, and the file that its commits are synced in. */
import { closeSync, fdatasync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** How a commit gets to the disk. `off` never does; it is there for the tests that must see that. */
export type SyncMode = "pool" | "inline" | "off";

/** How long a write waits for another process's transaction before it gives up. */
export const busyLimitMs = 5_000;

/** Opens the connection that writes. */
export function openConnection(path: string, sync: SyncMode): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: sync === "inline" ? busyLimitMs : 0 });
  const level = { pool: "NORMAL", inline: "FULL", off: "OFF" }[sync];
  db.exec(`PRAGMA synchronous = ${level}; PRAGMA fullfsync = ON; PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;`);
  return db;
}

/** Opens the WAL for syncing. It stays the same file while a connection is open. */
export function openWal(path: string, db: DatabaseSync): number {
  db.exec("BEGIN IMMEDIATE; PRAGMA user_version; COMMIT");
  const fd = openSync(`${path}-wal`, "r+");
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
  return fd;
}

/** fdatasync(2), in libuv's thread pool. */
export function syncFile(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error ? reject(error) : resolve()));
  });
}
