/**
 * What every script does first, on a machine that may have nothing but Node.js 20 and npm: install
 * what the lock file asks for and isn't there, and find a Node.js that is new enough. Plain
 * JavaScript without dependencies, because it runs before anything is installed.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the Node.js of the `node` package is installed, for who has an older one only. */
const nodeFolder = join(root, "scripts", "node");

/** The oldest Node.js that runs the sources; the same as `engines` in package.json. */
export const oldestNode = "24.15.0";

/** A line for the person who waits, on stderr, so that stdout stays the command's own. */
export function say(/** @type {string} */ text) {
  process.stderr.write(`surehook: ${text}\n`);
}

/** A fault with a text that says what to do; shown without a stack. */
export class ScriptError extends Error {}

/** Runs a script's main function; its number is the exit code. */
export async function runScript(/** @type {() => Promise<number>} */ main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

/** Whether a version such as `v24.15.0` is new enough. */
export function isNewEnough(/** @type {string} */ version, oldest = oldestNode) {
  const have = numbersOf(version);
  const want = numbersOf(oldest);
  for (let at = 0; at < 3; at += 1) {
    const difference = (have[at] ?? 0) - (want[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbersOf(/** @type {string} */ version) {
  return version.replace(/^v/, "").split("-")[0]?.split(".").map(Number) ?? [];
}

/**
 * The path of a Node.js that runs the sources: the one that runs this script where it is new enough,
 * else the one of the `node` package. Undefined where neither is.
 */
export function chooseNode(
  /** @type {string} */ folder = nodeFolder,
  { version = process.version, execPath = process.execPath } = {},
) {
  if (isNewEnough(version)) return execPath;
  const names = process.platform === "win32" ? ["node.exe"] : ["node"];
  const installed = names
    .map((name) => join(folder, "node_modules", "node", "bin", name))
    .filter((path) => existsSync(path));
  return installed.map((path) => realpathSync(path)).find((path) => isNewEnough(versionOf(path)));
}

function versionOf(/** @type {string} */ path) {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  return stdout?.trim() || "0";
}

/**
 * What of the lock file isn't installed as it says, by npm's own record in node_modules.
 * `production` looks at what a start needs only.
 */
export function missingPackages(/** @type {string} */ folder, { production = false } = {}) {
  const wanted = packagesIn(join(folder, "package-lock.json"));
  if (!wanted) throw new ScriptError("package-lock.json can't be read; is the clone complete?");
  const have = installedIn(folder);
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== "" && !entry.optional && !(production && entry.dev))
    .filter(
      ([path, entry]) =>
        have[path]?.version !== entry.version || !existsSync(join(folder, path, "package.json")),
    )
    .map(([path]) => path.replace(/^.*node_modules\//, ""));
}

/** What npm has recorded that it installed. */
function installedIn(/** @type {string} */ folder) {
  return packagesIn(join(folder, "node_modules", ".package-lock.json")) ?? {};
}

/** @typedef {{ version?: string, optional?: boolean, dev?: boolean }} LockEntry */

/** @returns {Record<string, LockEntry> | undefined} */
function packagesIn(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * Installs what is missing, by the lock file, and returns the Node.js to run the sources with; `production`
 * leaves out what only checks and tests need. Throws a ScriptError that says what to do where one or the other
 * can't be had.
 */
export async function prepare({ production = false } = {}) {
  await install(root, () => missingPackages(root, { production }), { production });
  await install(nodeFolder, () => (chooseNode() ? [] : ["node"]));
  const node = chooseNode();
  if (node) return node;
  throw new ScriptError(
    `Node.js ${oldestNode} or later is needed. This is ${process.version}, and the one that npm installed doesn't run here. Install it from nodejs.org and run this again.`,
  );
}

/** Installs what a folder's own lock file asks for and isn't there, such as the SDKs that tests are run against. */
export async function prepareFolder(/** @type {string} */ folder) {
  await install(folder, () => missingPackages(folder));
}

/**
 * @param {string} folder
 * @param {() => readonly string[]} missingNow
 * @param {{ production?: boolean }} [what]
 */
async function install(folder, missingNow, { production = false } = {}) {
  if (missingNow().length === 0) return;
  const { letIn } = await alone(folder);
  try {
    // Who was waited for may have installed it.
    const missing = missingNow();
    if (missing.length === 0) return;
    await installAlone(folder, missing.length, npmArguments(folder, production));
    const left = missingNow();
    if (left.length > 0) throw notInstalled(`${left.join(", ")} didn't arrive`);
  } finally {
    letIn();
  }
}

/**
 * How npm is to install. `ci` empties the folder first, so what is only to be added, for tests, is added
 * beside what a running gateway may be reading; and a start takes nothing away that tests have installed.
 */
function npmArguments(/** @type {string} */ folder, /** @type {boolean} */ production) {
  const installed = Object.values(installedIn(folder));
  if (production && !installed.some(({ dev }) => dev)) return ["ci", "--omit=dev"];
  const isOnlyAdded = installed.length > 0 && !missingPackages(folder, { production: true }).length;
  return [...(isOnlyAdded ? ["install", "--no-save"] : ["ci"]), "--include=dev"];
}

/**
 * Keeps other processes from installing in a folder at the same time (a second command in a second terminal
 * would take away what the first has half written), and waits while one is at it.
 */
export async function alone(/** @type {string} */ folder, pollMs = 500) {
  const name = createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 16);
  const mark = join(tmpdir(), `surehook-installing-${name}`);
  let isWaiting = false;
  while (!isOurs(mark)) {
    if (!isWaiting) say("another process is installing what is missing; waiting for it ...");
    isWaiting = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return { letIn: () => rmSync(mark, { force: true }) };
}

/** Takes the mark, unless a living process has it. */
function isOurs(/** @type {string} */ mark) {
  try {
    writeFileSync(mark, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  if (!isAlive(mark)) rmSync(mark, { force: true });
  return false;
}

function isAlive(/** @type {string} */ mark) {
  try {
    process.kill(Number(readFileSync(mark, "utf8")), 0);
    return true;
  } catch (error) {
    // A process of somebody else's can't be signalled, but is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * @param {string} folder
 * @param {number} count
 * @param {readonly string[]} words
 */
async function installAlone(folder, count, words) {
  const place = folder === root ? "" : ` in ${relative(root, folder)}`;
  const what = `${count} ${count === 1 ? "package is" : "packages are"} missing${place}`;
  say(`${what}; installing by package-lock.json (npm ${words.join(" ")}) ...`);
  const command = npmCommand([...words, "--no-audit", "--no-fund", "--loglevel=error"]);
  const code = await run(...command, process.env, folder);
  if (code !== 0) throw notInstalled(`npm ended with ${code}`);
}

function notInstalled(/** @type {string} */ fault) {
  return new ScriptError(
    `Installing failed: ${fault}. The first run needs the npm registry: check the network (and npm's proxy settings), then run this again.`,
  );
}

/** The npm that runs this script, else the one on the PATH. @returns {[string, string[]]} */
function npmCommand(/** @type {string[]} */ args) {
  const cli = process.env["npm_execpath"];
  if (cli?.endsWith("npm-cli.js")) return [process.execPath, [cli, ...args]];
  return [process.platform === "win32" ? "npm.cmd" : "npm", args];
}

/** The environment with that Node.js first on the PATH, so that tools started by name use it too. */
export function environmentFor(/** @type {string} */ node) {
  const path = `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}`;
  return { ...process.env, PATH: path };
}

/**
 * Runs a program, in the project's folder where no other is given, and returns its exit code.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [cwd]
 * @returns {Promise<number>}
 */
export function run(program, args, env = process.env, cwd = root) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ["ignore", "inherit", "inherit"],
      shell: program.endsWith(".cmd"),
    });
    child.on("error", (error) =>
      reject(new ScriptError(`${program} can't be started: ${error.message}`)),
    );
    child.on("exit", (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

/** The exit code as a shell would give it: 128 and the signal's number where one ended it. */
export function exitCodeOf(
  /** @type {number | null} */ code,
  /** @type {NodeJS.Signals | null} */ signal,
) {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

/**
 * What a gateway's Node.js is started with. V8 would give young objects up to 48 MiB; with 4 MiB a half
 * a loaded gateway has 143 MiB resident instead of 192, for the same CPU (`npm run bench -- ingest`).
 * V8 reads this when it starts, so that it can't be set later.
 */
export const gatewayFlags = ["--max-semi-space-size=4"];
