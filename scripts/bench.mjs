/** `npm run bench -- <what>`: installs what is missing, builds, and runs the bench; arguments go to it. */
import { join } from "node:path";
import { environmentFor, prepare, root, run, runScript } from "./bootstrap.mjs";

await runScript(async () => {
  const node = await prepare();
  const built = await run(node, [join(root, "scripts", "build.mjs")], environmentFor(node));
  if (built !== 0) return built;
  const bench = join(root, "bench", "main.ts");
  return await run(node, [bench, ...process.argv.slice(2)], environmentFor(node));
});
