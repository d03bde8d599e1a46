/** Runs a program in the foreground as if it were this process: its signals and its exit code. */
import { spawn } from "node:child_process";
import { exitCodeOf, ScriptError } from "./bootstrap.mjs";

/** Repeats of a signal within this time are one: Ctrl+C reaches a script under npm twice. */
const sameSignalMs = 500;

/** How often is looked whether npm's shell is still there. */
const parentCheckMs = 250;

/**
 * Runs a program until it ends and returns its exit code. SIGINT, SIGTERM and SIGHUP reach it once: it has
 * a process group of its own, so that the terminal's Ctrl+C comes through here only. Where npm runs
 * this script and is ended, the program gets SIGTERM.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readonly cwd: string, readonly env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runInForeground(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...options,
      stdio: "inherit",
      detached: process.platform !== "win32",
    });
    const stops = [forwardSignals((signal) => child.kill(signal)), watchNpm(() => child.kill())];
    const stop = () => {
      for (const end of stops) end();
    };
    child.on("error", (error) => {
      stop();
      reject(new ScriptError(`${program} can't be started: ${error.message}`));
    });
    child.on("exit", (code, signal) => {
      stop();
      resolve(exitCodeOf(code, signal));
    });
  });
}

/** @param {(signal: NodeJS.Signals) => void} send */
function forwardSignals(send) {
  /** @type {readonly NodeJS.Signals[]} */
  const names = ["SIGINT", "SIGTERM", "SIGHUP"];
  const handlers = names.map((name) => {
    let last = Number.NEGATIVE_INFINITY;
    const handler = () => {
      const at = performance.now();
      if (at - last >= sameSignalMs) send(name);
      last = at;
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  return () => {
    for (const off of handlers) off();
  };
}

/**
 * npm passes a signal to the shell between it and this script, and not every shell passes it on: some
 * just end, which shows here as another parent.
 * @param {() => void} onEnd
 */
function watchNpm(onEnd) {
  const parent = process.ppid;
  const isUnderNpm = process.env["npm_lifecycle_event"] !== undefined;
  const timer = setInterval(() => {
    if (!isUnderNpm || process.ppid === parent) return;
    clearInterval(timer);
    onEnd();
  }, parentCheckMs);
  return () => clearInterval(timer);
}
