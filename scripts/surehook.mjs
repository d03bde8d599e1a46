/** `npm run surehook -- <command>`: the command line from the sources, with the secrets of `.env.local`. */
import { join } from "node:path";
import { environmentFor, prepare, root, runScript } from "./bootstrap.mjs";
import { callersFolder, environmentFrom, wordsFrom } from "./caller-paths.mjs";
import { runInForeground } from "./forward-signals.mjs";
import { withoutEmptySecrets } from "./local-secrets.mjs";

await runScript(async () => {
  const node = await prepare({ production: true });
  const main = join("src", "cli", "main.ts");
  const folder = callersFolder();
  const words = wordsFrom(process.argv.slice(2), folder);
  const args = ["--env-file-if-exists=.env.local", main, ...words];
  return await runInForeground(node, args, {
    cwd: root,
    env: withoutEmptySecrets(environmentFrom(environmentFor(node), folder)),
  });
});
