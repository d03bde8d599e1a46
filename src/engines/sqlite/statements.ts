import type { DatabaseSync, StatementSync } from "node:sqlite";
import { placeOf } from "../../kit/ids.ts";
import * as sql from "./queries.ts";

/** Every statement of `queries.ts`, prepared on one connection. */
export type Statements = { readonly [name in keyof typeof sql]: StatementSync } & {
  readonly known: Known;
};

/** What is known of the store between transactions. */
type Known = {
  /** Sources that may have keys in `dedupe`; an accept of another needn't look there. */
  keyed: Set<string>;
  version: unknown;
};

/** Prepares all statements; fails at once where the store's form doesn't fit. */
export function prepareStatements(db: DatabaseSync): Statements {
  definePlaceOf(db);
  const entries = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]);
  const known: Known = { keyed: new Set(), version: undefined };
  return { ...Object.fromEntries(entries), known } as Statements;
}

/** Begins a transaction that writes; what is known is true from then on, whatever other connections have written. */
export function beginWriting(sql: Statements): void {
  sql.begin.run();
  const version = sql.dataVersion.get()?.["data_version"];
  if (version === sql.known.version) return;
  sql.known.keyed = new Set(sql.sourcesWithKeys.all().map(({ name }) => name as string));
  sql.known.version = version;
}

/** The function that statements find a request's row by; null for what is no id. */
export function definePlaceOf(db: DatabaseSync): void {
  db.function("place_of", { deterministic: true }, (id) => {
    const place = placeOf(String(id));
    return Number.isSafeInteger(place) ? place : null;
  });
}
