import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { migrations } from "./migrations.ts";
import * as queries from "./queries.ts";
import { definePlaceOf } from "./statements.ts";

/** The statements by their names. */
const statements: Readonly<Record<string, string>> = { ...queries };

function statement(name: string): string {
  return statements[name] ?? "";
}

function freshStore(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  for (const step of migrations) db.exec(step);
  definePlaceOf(db);
  return db;
}

function planOf(db: DatabaseSync, sql: string): string {
  return db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map((row) => String(row["detail"]))
    .join("\n");
}

const byRowid = /SEARCH requests USING INTEGER PRIMARY KEY \(rowid=\?\)/;

/** What each hot statement must find its rows by. */
const reliance: Partial<Record<keyof typeof queries, RegExp>> = {
  keyHolder: /SEARCH d USING PRIMARY KEY \(source=\? AND key=\?\)/,
  idHolder: /INDEX requests_keys \(provider_event_id=\? AND source=\?\)/,
  sourcesWithKeys: /SEARCH dedupe USING PRIMARY KEY \(source>\?\)/,
  eventById:
    /SEARCH e USING PRIMARY KEY \(id=\?\)[\s\S]*SEARCH r USING INTEGER PRIMARY KEY[\s\S]*SEARCH o USING COVERING INDEX requests_id \(id=\? AND rowid<\?\)/,
  eventRequestId: /SEARCH e USING PRIMARY KEY \(id=\?\)/,
  requestHead: byRowid,
  requestBody: byRowid,
  markReleased: byRowid,
  trimRejected: /USING COVERING INDEX requests_rejected \(source=\?\)/,
  trimRejectedFrom:
    /USING COVERING INDEX requests_rejected_from \(source=\? AND remote_address=\?\)/,
  due: /SEARCH d USING INDEX deliveries_ready \(destination=\? AND due_at<\?\)[\s\S]*SEARCH e USING PRIMARY KEY[\s\S]*SEARCH r USING INTEGER PRIMARY KEY[\s\S]*SEARCH o USING COVERING INDEX requests_id/,
  lease: /USING PRIMARY KEY \(event_id=\? AND destination=\? AND number=\?\)/,
  settle: /USING PRIMARY KEY \(event_id=\? AND destination=\? AND number=\?\)/,
  handBack: /USING PRIMARY KEY \(event_id=\? AND destination=\? AND number=\?\)/,
  rescue: /deliveries_leased \(leased_until<\?\)/,
  nextDue: /deliveries_ready \(destination=\?\)/,
  unarchived: /deliveries_dead/,
  holdsEvent: /USING PRIMARY KEY \(event_id=\?\)/,
  pauseOf: /USING PRIMARY KEY \(destination=\? AND lane_key=\?\)/,
  oldestRequests: /USING INTEGER PRIMARY KEY \(rowid>\?\)/,
  dedupeStretch: /USING PRIMARY KEY/,
  eventsDown:
    /INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)[\s\S]*INDEX requests_id \(id<\?\)[\s\S]*SEARCH events USING PRIMARY KEY \(id<\?\)/,
  eventsUp:
    /INTEGER PRIMARY KEY \(rowid>\?\)[\s\S]*INDEX requests_id \(id>\?\)[\s\S]*SEARCH events USING PRIMARY KEY \(id>\?\)/,
  deliveriesDown: /USING PRIMARY KEY/,
};

describe("the statements of the SQLite engine", () => {
  const db = freshStore();

  it("are all accepted by a migrated store", () => {
    for (const sql of Object.values(statements)) expect(() => db.prepare(sql)).not.toThrow();
  });

  for (const [name, expected] of Object.entries(reliance)) {
    it(`find rows by what is named above them: ${name}`, () => {
      expect(planOf(db, statement(name))).toMatch(expected);
    });
  }

  it("neither sort nor build an index of their own where they are hot", () => {
    // A stretch of events sorts what it has taken from each place: as many as it may have, no more.
    const hot = Object.keys(reliance).filter((name) => !/^events(Up|Down)$/.test(name));
    for (const name of hot) {
      expect(planOf(db, statement(name)), name).not.toMatch(/TEMP B-TREE|AUTOMATIC/);
    }
  });

  it("open no ephemeral table where each event pays for it: a CHECK with IN would", () => {
    const paidByEachEvent = [
      "takeKey",
      "insertAccepted",
      "insertRequest",
      "insertEvent",
      "insertRouted",
      "lease",
      "settle",
      "insertAttempt",
    ] as const;
    for (const name of paidByEachEvent) {
      const opcodes = db
        .prepare(`EXPLAIN ${statement(name)}`)
        .all()
        .map((row) => row["opcode"]);
      expect(opcodes, name).not.toContain("OpenEphemeral");
    }
  });
});

/** SHA-256 of each step that stores may have taken. It never changes; append a new step. */
const released: readonly string[] = [
  "ca1f00ab10297d3a3faa4cf76f701d522971a198a0485154bb534febd070a40d",
  "27189491277ba3c7460a77d8dab1a7a35b9ea19b38afb0107928eb3135a87152",
];

describe("the migrations", () => {
  it("keep every step as stores have taken it", () => {
    const hashes = migrations
      .slice(0, released.length)
      .map((step) => createHash("sha256").update(step).digest("hex"));
    expect(hashes).toEqual(released);
  });
});
