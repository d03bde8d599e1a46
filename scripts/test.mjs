/** `npm test`: installs what is missing and runs every test; arguments go to vitest. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { environmentFor, prepare, root, run, runScript, say } from "./bootstrap.mjs";

await runScript(async () => {
  const node = await prepare();
  await ensureTools();
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  return await run(node, [vitest, "run", ...process.argv.slice(2)], environmentFor(node));
});

/** What tests start that npm doesn't bring. */
async function ensureTools() {
  if (process.platform !== "linux") return;
  // The crash test reads with it whether an answer waits for its fsync.
  if (!isThere("strace", "-V")) await install("strace", "the crash test fails without it");
  // For AWS's emulator, in a virtual environment of its own.
  if (!isThere("python3", "-c", "import venv, ensurepip")) {
    await install(
      "python3-venv",
      "the emulator's tests are skipped without it, and fail with CI set",
    );
  }
}

/**
 * @param {string} name
 * @param {string} otherwise
 */
async function install(name, otherwise) {
  if (process.getuid?.() === 0 && isThere("apt-get", "--version")) {
    say(`${name} is missing; installing it (apt-get) ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = ["install", "-y", "-qq", "--no-install-recommends", name];
    if ((await run("apt-get", install, env)) === 0) return;
    await run("apt-get", ["update", "-qq"], env);
    if ((await run("apt-get", install, env)) === 0) return;
  }
  say(`${name} is missing, and ${otherwise}: install the package \`${name}\`.`);
}

/**
 * @param {string} program
 * @param {string[]} words
 */
function isThere(program, ...words) {
  return spawnSync(program, words, { stdio: "ignore" }).status === 0;
}
