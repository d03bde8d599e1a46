import type { DatabaseSync } from "node:sqlite";
import { GatewayError } from "../../core/errors.ts";
import { migrations } from "./migrations.ts";

/** Set before the first table is made; a larger page holds several events with their bodies. */
const pageBytes = 8_192;

/** Takes the steps that a store hasn't taken yet, each in a transaction of its own. */
export function migrate(db: DatabaseSync): void {
  db.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
  const taken = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (taken > migrations.length) {
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The store has the form ${taken}, this version knows ${migrations.length}. Run the newer version of Surehook that wrote it.`,
    );
  }
  for (let step = taken; step < migrations.length; step += 1) {
    db.exec("BEGIN IMMEDIATE");
    try {
      const now = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
      if (now === step) db.exec(`${migrations[step]}; PRAGMA user_version = ${step + 1}`);
      db.exec("COMMIT");
    } catch (error) {
      db.exec("ROLLBACK");
      throw error;
    }
  }
}
