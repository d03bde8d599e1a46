/**
 * What a test file, and all that it starts, writes to the system's temporary folder goes to one of its own, which
 * ends with it: the CDK and others leave folders behind that no test knows of.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "surehook-test-"));
const { TMPDIR: before } = process.env;
// As the system's: what a test starts as another user finds its way too.
chmodSync(folder, 0o755);
process.env["TMPDIR"] = folder;

// Registered before those of the test file, and so the last to run.
afterAll(() => {
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
