/** `npm test`: installs what is missing and runs every test; arguments go to vitest. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { environmentFor, prepare, root, run, runScript, say } from "./bootstrap.mjs";

await runScript(async () => {
  const node = await prepare();
  await ensureStrace();
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  return await run(node, [vitest, "run", ...process.argv.slice(2)], environmentFor(node));
});

/** The crash test reads with strace whether an answer waits for its fsync; without it that test fails. */
async function ensureStrace() {
  if (process.platform !== "linux" || isThere("strace", "-V")) return;
  if (process.getuid?.() === 0 && isThere("apt-get", "--version")) {
    say("strace is missing; installing it (apt-get) ...");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = ["install", "-y", "-qq", "--no-install-recommends", "strace"];
    if ((await run("apt-get", install, env)) === 0) return;
    await run("apt-get", ["update", "-qq"], env);
    if ((await run("apt-get", install, env)) === 0) return;
  }
  say("strace is missing, and the crash test fails without it: install the package `strace`.");
}

/**
 * @param {string} program
 * @param {string} flag
 */
function isThere(program, flag) {
  return spawnSync(program, [flag], { stdio: "ignore" }).status === 0;
}
