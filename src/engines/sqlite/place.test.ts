import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
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

test.each(["gateway", "operator"] as const)(
  "a device is refused as a store (%s), and nothing is left beside it",
  async (role) => {
    const folder = mkdtempSync(join(tmpdir(), "surehook-place-"));
    const path = join(folder, "s.db");
    symlinkSync("/dev/null", path);
    await expect(openSqlite({ path, role, clock: Date.now })).rejects.toThrow(
      /is a device, pipe or socket\. Set SUREHOOK_STORE to a file/,
    );
    expect(readdirSync(folder)).toEqual(["s.db"]);
    rmSync(folder, { recursive: true });
  },
);
