/** `node scripts/write-docs.ts`: writes the tables of the docs, and the generated example, from code. A test fails when they are stale. */
import { mkdirSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { exampleFiles, exampleFolder } from "./docs/example-files.ts";
import { generatedDocs } from "./docs/generated.ts";

// In the repository the examples' `surehook` is the sources.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: ["surehook-source", ...context.conditions] }),
});
const root = dirname(import.meta.dirname);

function writeAll(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`wrote ${path}\n`);
  }
}

writeAll(generatedDocs());
const example = Object.entries(await exampleFiles());
writeAll(Object.fromEntries(example.map(([path, text]) => [`${exampleFolder}/${path}`, text])));
// Drawn from what was just written.
const { picturedReadmes } = await import("./docs/pictures.ts");
writeAll(picturedReadmes());
