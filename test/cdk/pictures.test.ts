import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { picturedReadmes } from "../../scripts/docs/pictures.ts";

it.each(Object.entries(picturedReadmes()))(
  "the picture in %s is of what is deployed (node scripts/write-docs.ts draws it)",
  (path, text) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(text);
  },
);
