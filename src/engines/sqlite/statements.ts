import type { DatabaseSync, StatementSync } from "node:sqlite";
import * as sql from "./queries.ts";
import { RecentKeys } from "./recent-keys.ts";

/** Every statement of `queries.ts`, prepared on one connection. */
export type Statements = { readonly [name in keyof typeof sql]: StatementSync } & {
  readonly recent: RecentKeys;
};

/** Prepares all statements; fails at once where the store's form doesn't fit. */
export function prepareStatements(db: DatabaseSync): Statements {
  const entries = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]);
  const prepared = Object.fromEntries(entries) as Omit<Statements, "recent">;
  return { ...prepared, recent: new RecentKeys(prepared) };
}
