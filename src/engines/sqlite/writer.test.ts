import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import { Writer } from "./writer.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-writer-"));
  path = join(folder, "s.db");
  const db = new DatabaseSync(path);
  migrate(db);
  db.close();
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = () => new Writer({ path, sync: "pool", onFatal: () => undefined });

test("a writer closes behind all that waits, be it many groups", async () => {
  const writer = open();
  const written = Array.from({ length: 2_000 }, (_, n) => writer.write(() => n));
  const later = Array.from({ length: 200 }, (_, n) => writer.writeLater(() => n));
  await writer.close();
  expect(await Promise.all(written)).toEqual(written.map((_, n) => n));
  expect(await Promise.all(later)).toEqual(later.map((_, n) => n));
  await expect(writer.write(() => 1)).rejects.toThrow("The store is closed.");
});

test("a writer that is closed while a group is on its way takes what came behind it along", async () => {
  const writer = open();
  const first = writer.write(() => 1);
  // The group begins in the turn's end; what comes then waits for the next.
  await new Promise(setImmediate);
  const second = writer.write(() => 2);
  await writer.close();
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});
