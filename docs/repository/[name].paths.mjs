/** The pages of the repository that aren't in docs/. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { outsidePages, root } from "../.vitepress/outside.mjs";

export default {
  paths: () =>
    Object.entries(outsidePages).map(([name, file]) => ({
      params: { name },
      content: readFileSync(join(root, file), "utf8"),
    })),
};
