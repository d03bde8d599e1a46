import type { DatabaseSync, StatementSync } from "node:sqlite";
import * as sql from "./queries.ts";

/** Every statement of `queries.ts`, prepared on one connection. */
export type Statements = { readonly [name in keyof typeof sql]: StatementSync } & {
  /** What holds for one transaction; the writer starts it anew with each. */
  readonly transaction: { lastSeq: number | undefined };
};

/** Prepares all statements; fails at once where the store's form doesn't fit. */
export function prepareStatements(db: DatabaseSync): Statements {
  const entries = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]);
  return { ...Object.fromEntries(entries), transaction: { lastSeq: undefined } } as Statements;
}

/** The next free rowid of requests, known before the row is there so that dedupe keys can point at it. */
export function nextSeq(statements: Statements): number {
  const { transaction } = statements;
  transaction.lastSeq = (transaction.lastSeq ?? Number(statements.lastSeq.get()?.["seq"])) + 1;
  return transaction.lastSeq;
}
