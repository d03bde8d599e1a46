/** A receiver for many kinds of sender stays small: of each it has what it judges by, not what is told of it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { bundleAll } from "../../src/cdk/bundling.ts";
import * as all from "../../src/providers/list/index.ts";
import { initialisationMs } from "./loading.ts";

const kinds = 100;
const largestBytes = 300_000;
/** What some kinds can't do without. */
const needed: Readonly<Record<string, string>> = {
  azureEventgridEntra: 'tenantId: "8f3d3b4e-0000-4000-8000-000000000000"',
  braintree: 'publicKey: "key"',
  ebay: 'clientId: secret("ID"), clientSecret: secret("SECRET")',
  gcpPubsub: 'serviceAccount: "sender@example.iam.gserviceaccount.com"',
};
/** What stands in for what writes JSON Schemas. */
const leftOut = "functions write no JSON Schema";

let project = "";
const made: string[] = [];

beforeAll(() => {
  // Within the repository, so that `surehook` is found; git doesn't see this folder.
  mkdirSync(join(root, ".surehook"), { recursive: true });
  project = mkdtempSync(join(root, ".surehook", "many-senders-"));
});

afterAll(() => {
  for (const folder of [project, ...made]) rmSync(folder, { recursive: true, force: true });
});

/** The receiver's file for a config of so many kinds. */
function receiverOf(count: number, beginning = ""): string {
  const names = Object.keys(all)
    .filter((name) => name !== "hmac")
    .slice(0, count);
  const sources = names.map(
    (name, at) =>
      `s${at}: ${name}({ path: "/${at}", secrets: [secret("S${at}")], ${needed[name] ?? ""} }),`,
  );
  const entry = join(project, `many-${made.length}.config.mjs`);
  writeFileSync(
    entry,
    `${beginning}
import { defineGateway, secret } from "surehook";
import { ${names.join(", ")} } from "surehook/providers";
const publicUrl = "https://hooks.example.com";
export default defineGateway({ publicUrl, sources: { ${sources.join("\n")} }, destinations: {}, routes: [] });
`,
  );
  const folder = bundleAll({ entry, roles: ["receiver"] });
  made.push(folder);
  return join(folder, "receiver", "index.js");
}

it(`the receiver of ${kinds} kinds of sender is small, has no words about them, and loads`, () => {
  const file = receiverOf(kinds);
  const text = readFileSync(file, "utf8");
  const bytes = statSync(file).size;
  process.stdout.write(`receiver of ${kinds} kinds: ${Math.round(bytes / 1000)} kB\n`);
  expect(bytes).toBeLessThan(largestBytes);
  const told = text.match(
    /\b(?:docs|addresses):"https:|evidence:\{kind:|Seconds a signed timestamp/g,
  );
  expect(told).toBeNull();
  // Not by toContain, which would print all of it.
  expect(['title:"Adyen', leftOut].filter((word) => !text.includes(word))).toEqual([]);
  expect(initialisationMs(file)).toBeGreaterThan(0);
});

it("where a user's module has the schema library, all of that is there", () => {
  const file = receiverOf(
    1,
    'import * as z from "zod";\nglobalThis.written = z.toJSONSchema(z.string());',
  );
  expect(readFileSync(file, "utf8").includes(leftOut)).toBe(false);
  expect(initialisationMs(file)).toBeGreaterThan(0);
});
