import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureSecrets, withoutEmptySecrets } from "../../scripts/local-secrets.mjs";

const names = [
  "STRIPE_WEBHOOK_SECRET",
  "GITHUB_WEBHOOK_SECRET",
  "SHOPIFY_WEBHOOK_SECRET",
  "SIGNING_SECRET",
  "SUREHOOK_FORWARD_SECRET",
];

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-secrets-"));
  file = join(folder, ".env.local");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = () => parseEnv(readFileSync(file, "utf8"));
const modeOf = (path: string) => statSync(path).mode & 0o777;

test("the first start writes a secret for each name, for the owner only", () => {
  expect(ensureSecrets(file, {})).toEqual(names);
  expect(modeOf(file)).toBe(0o600);
  const secrets = read();
  expect(Object.keys(secrets).sort()).toEqual([...names].sort());
  expect(secrets["STRIPE_WEBHOOK_SECRET"]).toMatch(/^whsec_[0-9a-f]{48}$/);
  expect(secrets["SIGNING_SECRET"]).toMatch(/^[0-9a-f]{64}$/);
  expect(secrets["SUREHOOK_FORWARD_SECRET"]).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(new Set(Object.values(secrets)).size).toBe(names.length);
});

test("the second start changes nothing", () => {
  ensureSecrets(file, {});
  const before = readFileSync(file, "utf8");
  expect(ensureSecrets(file, {})).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("what the environment or the file sets is left alone, also as NAME_FILE", () => {
  writeFileSync(file, "# mine\nexport GITHUB_WEBHOOK_SECRET = mine", { mode: 0o600 });
  const written = ensureSecrets(file, {
    STRIPE_WEBHOOK_SECRET: "set",
    SHOPIFY_WEBHOOK_SECRET_FILE: "/run/secrets/shopify",
  });
  expect(written).toEqual(["SIGNING_SECRET", "SUREHOOK_FORWARD_SECRET"]);
  expect(readFileSync(file, "utf8")).toMatch(/^# mine\nexport GITHUB_WEBHOOK_SECRET = mine\n/);
  expect(Object.keys(read()).sort()).toEqual(["GITHUB_WEBHOOK_SECRET", ...written].sort());
});

test("a value that is commented out or empty counts as not set", () => {
  writeFileSync(file, "# SIGNING_SECRET=old\nGITHUB_WEBHOOK_SECRET=\n", { mode: 0o600 });
  expect(ensureSecrets(file, { SIGNING_SECRET: "" })).toEqual(names);
  expect(read()["GITHUB_WEBHOOK_SECRET"]).toMatch(/^[0-9a-f]{64}$/);
});

test("a file that others may read is closed to them", () => {
  writeFileSync(file, "");
  chmodSync(file, 0o644);
  ensureSecrets(file, {});
  expect(modeOf(file)).toBe(0o600);
});

test("an empty variable doesn't hide the file's value", () => {
  expect(
    withoutEmptySecrets({ SIGNING_SECRET: "", OTHER: "", GITHUB_WEBHOOK_SECRET: "x" }),
  ).toEqual({ OTHER: "", GITHUB_WEBHOOK_SECRET: "x" });
});
