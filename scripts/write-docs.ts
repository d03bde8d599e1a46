/** `node scripts/write-docs.ts`: writes the tables of the docs from code. A test fails when they are stale. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedDocs } from "./docs/generated.ts";

const root = dirname(import.meta.dirname);
for (const [path, text] of Object.entries(generatedDocs())) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(`wrote ${path}\n`);
}
