import { resolve } from "node:path";
import type { Engine } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
import type { SqliteOptions } from "../engines/sqlite/index.ts";
import { openSqlite } from "../engines/sqlite/index.ts";

/** Opens the engine that `SUREHOOK_STORE` names: a path, `postgres://…` or `aws:<stack>`. */
export function openEngine(store: string, options: Omit<SqliteOptions, "path">): Promise<Engine> {
  if (/^(postgres(ql)?:|aws:)/.test(store)) {
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The engine of SUREHOOK_STORE="${store.split(":")[0]}:…" is not available yet. Give a path for the embedded store.`,
    );
  }
  return openSqlite({ ...options, path: storePath(store) });
}

/** The file of an embedded store. */
export function storePath(store: string): string {
  return resolve(store.replace(/^sqlite:/, ""));
}
