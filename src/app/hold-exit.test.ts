import { expect, test } from "vitest";
import { exit, loadedAlive } from "./hold-exit.ts";

test("a module that is never there is given up, while the process does other work", async () => {
  const loading = loadedAlive(() => new Promise(() => undefined), 1);
  await expect(loading).rejects.toThrow("an await at its top was not over within 0.001 s");
  expect(process.exit).toBe(exit);
});
