/** Runs a program in the foreground as if it were this process: its signals and its exit code. */
import { spawn } from "node:child_process";
import { exitCodeOf, ScriptError } from "./bootstrap.mjs";

/** Repeats of a signal within this time are one: Ctrl+C reaches a script under npm twice. */
const sameSignalMs = 500;

/**
 * Runs a program until it ends and returns its exit code. SIGINT, SIGTERM and SIGHUP reach it once: it has
 * a process group of its own, so that the terminal's Ctrl+C comes through here only.
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
    const stop = forwardSignals((signal) => child.kill(signal));
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
