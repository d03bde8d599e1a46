/**
 * `npm run surehook -- <command>`: the command line from the sources, with the secrets of the clone's
 * `.env.local`. Config and store are the clone's for who stands in it, else those of where one stands.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { environmentFor, prepare, root, runScript } from "./bootstrap.mjs";
import { callersFolder, environmentFrom, wordsFrom, workingFolder } from "./caller-paths.mjs";
import { runInForeground } from "./forward-signals.mjs";
import { withoutEmptySecrets } from "./local-secrets.mjs";

const secretsFile = ".env.local";

await runScript(async () => {
  const node = await prepare({ production: true });
  const folder = callersFolder();
  const cwd = workingFolder(folder);
  const near = cwd === root ? "" : root;
  const given = process.argv.slice(2);
  const words = cwd === folder ? given : wordsFrom(given, folder);
  // Node tells on stderr of one that it was given and that isn't there.
  const secrets = existsSync(join(root, secretsFile))
    ? [`--env-file=${join(near, secretsFile)}`]
    : [];
  const args = [...secrets, join(near, "src", "cli", "main.ts"), ...words];
  return await runInForeground(node, args, {
    cwd,
    env: withoutEmptySecrets(environmentFrom(environmentFor(node), folder)),
  });
});
