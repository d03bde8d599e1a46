/** Tests leave nothing in the system's temporary folder. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { scratch } from "../support/gateway-process.ts";

const place = scratch("leftovers");

afterAll(() => place.remove());

test("not even those of the CDK, which never removes what it writes", () => {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, "run", "--project", "system", "test/cdk/rights.test.ts", "-t", "no role has rights"],
    { cwd: root, encoding: "utf8", env: { ...process.env, TMPDIR: place.path } },
  );
  expect([status, `${stdout}${stderr}`]).toEqual([0, expect.stringContaining("1 passed")]);
  expect(readdirSync(place.path)).toEqual([]);
});
