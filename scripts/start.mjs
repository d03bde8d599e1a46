/** `npm start`: installs what is missing, makes secrets on the first start, and runs the gateway of `surehook.config.ts`. */
import { join } from "node:path";
import { environmentFor, gatewayFlags, prepare, root, runScript, say } from "./bootstrap.mjs";
import { callersFolder, wordsFrom } from "./caller-paths.mjs";
import { runInForeground } from "./forward-signals.mjs";
import { ensureSecrets, withoutEmptySecrets } from "./local-secrets.mjs";

const secretsFile = ".env.local";

await runScript(async () => {
  const node = await prepare({ production: true });
  const written = ensureSecrets(join(root, secretsFile));
  if (written.length > 0) say(`wrote random secrets to ${secretsFile}: ${written.join(", ")}`);
  const args = [
    ...gatewayFlags,
    `--env-file-if-exists=${secretsFile}`,
    join("src", "cli", "main.ts"),
    "start",
    "--config",
    "surehook.config.ts",
    ...wordsFrom(process.argv.slice(2), callersFolder()),
  ];
  const env = withoutEmptySecrets(environmentFor(node));
  return await runInForeground(node, args, { cwd: root, env });
});
