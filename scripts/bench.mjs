/** `npm run bench -- <what>`: installs what is missing and runs the bench; arguments go to it. */
import { join } from "node:path";
import { environmentFor, prepare, root, run, runScript } from "./bootstrap.mjs";

await runScript(async () => {
  const node = await prepare();
  const bench = join(root, "bench", "main.ts");
  return await run(node, [bench, ...process.argv.slice(2)], environmentFor(node));
});
