import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqlite } from "./index.ts";

test("only its owner can read any file of a store", async () => {
  const folder = mkdtempSync(join(tmpdir(), "surehook-place-"));
  const engine = await openSqlite({
    path: join(folder, "inner", "s.db"),
    role: "gateway",
    clock: Date.now,
  });
  try {
    const names = readdirSync(join(folder, "inner"));
    expect(names).toContain("s.db.owner");
    for (const name of names) {
      expect([name, statSync(join(folder, "inner", name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
});
