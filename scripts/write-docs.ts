/** `node scripts/write-docs.ts`: writes the tables of the docs from code. A test fails when they are stale. */
import { mkdirSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { generatedDocs } from "./docs/generated.ts";

// In the repository the examples' `surehook` is the sources.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: ["surehook-source", ...context.conditions] }),
});
const { picturedReadmes } = await import("./docs/pictures.ts");

const root = dirname(import.meta.dirname);
for (const [path, text] of Object.entries({ ...generatedDocs(), ...picturedReadmes() })) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(`wrote ${path}\n`);
}
