/** Where a store may stand, and who owns it. */
import { closeSync, mkdirSync, openSync, readSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GatewayError, messageOf } from "../../core/errors.ts";

/**
 * Network file systems, whose locks or syncs SQLite can't rely on, by the f_type of statfs(2)
 * (linux/magic.h and the file systems' own headers).
 */
const networkFileSystems: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "CIFS",
  4266872130: "SMB2",
  16914839: "9p",
  1397114950: "AFS",
  12805120: "Ceph",
  198183888: "Lustre",
  1196443219: "GPFS",
  1952539503: "OCFS2",
  1702057286: "FUSE",
};

/** Makes the store's folder; refuses what is no store, and network file systems. Throws STORE_UNSUITABLE. */
export function preparePlace(path: string): void {
  refuseForeign(path);
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The store's folder ${folder} can't be made: ${messageOf(error)}. Set SUREHOOK_STORE to a path that can be written.`,
      { cause: error },
    );
  }
  const kind = networkFileSystem(Number(statfsSync(folder).type));
  if (kind === undefined) {
    makePrivate(path);
    return;
  }
  throw new GatewayError(
    "STORE_UNSUITABLE",
    `${folder} is on ${kind}, where a store can't be kept safely. Set SUREHOOK_STORE to a path on a local disk.`,
  );
}

/** The first bytes of every SQLite database. */
const databaseHeader = "SQLite format 3\0";

/** Refuses what is no file, and one that holds something else than a database. Throws STORE_UNSUITABLE. */
export function refuseForeign(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The store ${path} is a folder. Set SUREHOOK_STORE to a file, such as ${join(path, "surehook.db")}.`,
    );
  }
  if (found === undefined) return;
  if (!found.isFile()) {
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The store ${path} is a device, pipe or socket. Set SUREHOOK_STORE to a file on a local disk; a new one is made there.`,
    );
  }
  // SQLite makes an empty file a database.
  if (found.size === 0 || beginning(path) === databaseHeader) return;
  throw new GatewayError(
    "STORE_UNSUITABLE",
    `The file ${path} is not a store: it holds something else. Set SUREHOOK_STORE to another path; a new file is made there.`,
  );
}

function beginning(path: string): string {
  const bytes = Buffer.alloc(databaseHeader.length);
  try {
    const file = openSync(path, "r");
    try {
      return bytes.toString("latin1", 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The store ${path} can't be read: ${messageOf(error)}. Set SUREHOOK_STORE to a file that can.`,
      { cause: error },
    );
  }
}

/** Makes a file readable by its owner only before SQLite does; what stands beside it gets the same mode. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The store ${path} can't be written: ${messageOf(error)}. Set SUREHOOK_STORE to a file that can.`,
      { cause: error },
    );
  }
}

/** The name of a network file system by its type; undefined for local ones. */
export function networkFileSystem(type: number): string | undefined {
  return networkFileSystems[type >>> 0];
}

/**
 * Owns a store until the returned function is called or the process ends, however it ends: an
 * exclusive lock, held by the operating system, on a file beside it. Throws STORE_IN_USE.
 */
export function ownStore(path: string): () => void {
  makePrivate(`${path}.owner`);
  const lock = new DatabaseSync(`${path}.owner`, { timeout: 500 });
  try {
    lock.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw new GatewayError(
      "STORE_IN_USE",
      `Another gateway process uses ${path}. Stop it, or set SUREHOOK_STORE to another path.`,
      { cause: error },
    );
  }
  return () => lock.close();
}
