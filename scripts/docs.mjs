/** `npm run docs`: installs what is missing and builds the site of docs/; `npm run docs -- dev` serves it while one writes. */
import { join } from "node:path";
import { environmentFor, prepare, prepareFolder, root, run, runScript } from "./bootstrap.mjs";

await runScript(async () => {
  const node = await prepare();
  const folder = join(root, "docs", ".vitepress");
  await prepareFolder(folder);
  const vitepress = join(folder, "node_modules", "vitepress", "bin", "vitepress.js");
  const [command = "build", ...options] = process.argv.slice(2);
  return await run(node, [vitepress, command, "docs", ...options], environmentFor(node));
});
