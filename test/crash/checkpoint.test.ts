/** The thread that shortens the WAL may die; the store goes on, another thread follows, and it can be closed. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { afterAll, expect, test } from "vitest";
import { anAcceptance, binary } from "../../src/engines/conformance/builders.ts";
import { Checkpointer } from "../../src/engines/sqlite/checkpoint.ts";
import { openSqlite } from "../../src/engines/sqlite/index.ts";
import { migrate } from "../../src/engines/sqlite/migrate.ts";
import { Writer } from "../../src/engines/sqlite/writer.ts";
import { scratch } from "../support/gateway-process.ts";
import { until, within } from "../support/until.ts";

const mebibyte = 1_048_576;
const folder = scratch("checkpoint");

afterAll(() => folder.remove());

test("a checkpointer whose thread has died closes", async () => {
  const path = join(folder.path, "store.db");
  const db = new DatabaseSync(path);
  migrate(db);
  db.close();
  const writer = new Writer({ path, sync: "pool", onFatal: () => undefined });
  const lines: string[] = [];
  // Its thread can't open this one, and ends; so do those that follow, each later than the one before.
  const nowhere = join(folder.path, "nowhere", "store.db");
  const checkpointer = new Checkpointer({
    path: nowhere,
    writer,
    warn: ({ error, againInMs }) => lines.push(`${error} ${againInMs}`),
  });
  await until("three threads' ends", () => lines.length >= 3);
  expect(lines.slice(0, 3)).toEqual(
    [250, 500, 1_000].map((wait) => `unable to open database file ${wait}`),
  );
  await within("the end of the checkpointer", checkpointer.close(), 10_000);
  expect(await writer.write(() => "written")).toBe("written");
  await writer.close();
});

test("a log that has been copied is begun anew, and the writer isn't held until it is long again", async () => {
  const path = join(folder.path, "again.db");
  const db = new DatabaseSync(path);
  migrate(db);
  db.exec("PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = OFF; CREATE TABLE filler (bytes)");
  const fill = (bytes: number) => db.exec(`INSERT INTO filler VALUES (zeroblob(${bytes}))`);
  const writer = new Writer({ path, sync: "pool", onFatal: () => undefined });
  let holds = 0;
  const counted: Pick<Writer, "hold"> = {
    hold: (during) => {
      holds += 1;
      return writer.hold(during);
    },
  };
  const checkpointer = new Checkpointer({ path, writer: counted, warn: () => undefined });
  const look = async () => {
    for (let time = 0; time < 10; time += 1) await checkpointer.check();
    return holds;
  };
  try {
    expect(await look()).toBe(0);
    for (let sent = 0; sent < 52; sent += 1) fill(mebibyte);
    expect(await look()).toBe(1);
    // Also of a log that is short by now the file keeps its length.
    fill(100);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(50 * mebibyte);
    expect(await look()).toBe(1);
    for (let sent = 0; sent < 52; sent += 1) fill(mebibyte);
    expect(await look()).toBe(2);
    expect(statSync(`${path}-wal`).size).toBeLessThan(60 * mebibyte);
  } finally {
    await checkpointer.close();
    await writer.close();
    db.close();
  }
});

test("after a thread was killed the log tells it, and another copies the WAL into the store", async () => {
  const path = join(folder.path, "killed.db");
  const threads: Worker[] = [];
  const seen = (worker: Worker) => threads.push(worker);
  process.on("worker", seen);
  const lines: string[] = [];
  const engine = await openSqlite({
    path,
    role: "gateway",
    clock: Date.now,
    warn: (_, text) => lines.push(text),
  });
  try {
    await threads[0]?.terminate();
    expect(lines).toEqual([
      "the thread that shortens the store's write-ahead log has ended; it is started anew",
    ]);
    const body = binary(mebibyte);
    for (let sent = 0; sent < 56; sent += 1) await engine.accept(anAcceptance({ body }));
    await until("a store of what the WAL held", () => statSync(path).size > 48 * mebibyte);
    expect(threads).toHaveLength(2);
    expect(lines).toHaveLength(1);
  } finally {
    process.off("worker", seen);
    await engine.close();
  }
});
