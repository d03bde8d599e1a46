/** What SQLite's errors mean to a writer. */
import { GatewayError, messageOf } from "../../core/errors.ts";

/** SQLite's result codes for which the item, not the store, is to blame. */
const itemFaults = new Set([18, 19, 20, 25]);

/** STORE_UNAVAILABLE of what SQLite threw; a fault of ours stays itself. */
export function unavailable(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError(
    "STORE_UNAVAILABLE",
    `The store could not commit: ${messageOf(error)}. Nothing was kept of this; try again.`,
    { cause: error },
  );
}

/** SQLite's primary result code of an error; undefined for errors that aren't SQLite's. */
export function resultCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  return code === undefined ? undefined : code & 0xff;
}

/** Whether the item, not the store, is to blame. */
export function isItemFault(error: unknown): boolean {
  const code = resultCode(error);
  return code === undefined || itemFaults.has(code);
}

/** SQLITE_CONSTRAINT_PRIMARYKEY and _UNIQUE, by SQLite's extended result codes: a row of that key is there. */
export function isTaken(error: unknown): boolean {
  const code = extendedCode(error);
  return code === 1555 || code === 2067;
}

/** SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC, by SQLite's extended result codes. */
export function isSyncFailure(error: unknown): boolean {
  const code = extendedCode(error);
  return code === 1034 || code === 1290;
}

function extendedCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode : undefined;
}
