/** The thread that shortens the WAL may die; the store goes on, and can be closed. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { Checkpointer } from "../../src/engines/sqlite/checkpoint.ts";
import { migrate } from "../../src/engines/sqlite/migrate.ts";
import { Writer } from "../../src/engines/sqlite/writer.ts";
import { scratch } from "../support/gateway-process.ts";
import { within } from "../support/until.ts";

const folder = scratch("checkpoint");

afterAll(() => folder.remove());

test("a checkpointer whose thread has died closes", async () => {
  const path = join(folder.path, "store.db");
  const db = new DatabaseSync(path);
  migrate(db);
  db.close();
  const writer = new Writer({ path, sync: "pool", onFatal: () => undefined });
  // Its thread can't open this one, and ends.
  const checkpointer = new Checkpointer(join(folder.path, "nowhere", "store.db"), writer);
  await within("the end of the checkpointer", checkpointer.close(), 10_000);
  expect(await writer.write(() => "written")).toBe("written");
  await writer.close();
});
