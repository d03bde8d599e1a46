/** How a code destination's process is started and ended, and what its end says. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";

/** The sources run unbuilt, so the entry ends as this file does. */
const entry = new URL(`./code-child${extname(import.meta.url)}`, import.meta.url);

const endsWithinMs = 1_000;

/** Starts a process, with the gateway's environment; its name shows in the system's list of processes. */
export function forkChild(
  name: string,
  memoryMb: number,
  output: "inherit" | "ignore" = "inherit",
): ChildProcess {
  return fork(entry, [name], {
    serialization: "advanced",
    execArgv: childFlags(process.execArgv, memoryMb),
    stdio: ["ignore", output, output, "ipc"],
  });
}

const withValue = /^(?:-e|-p|-pe|--eval|--print|--input-type)$/;
const withoutNext = /^--(?:eval=|print=|input-type=|inspect|watch|max-old-space-size)/;

/** The gateway's own flags of Node, without those that name a script, a debugger's port or a heap. */
export function childFlags(flags: readonly string[], memoryMb: number): string[] {
  const kept = flags.filter(
    (flag, at) =>
      !withValue.test(flag) && !withoutNext.test(flag) && !withValue.test(flags[at - 1] ?? ""),
  );
  return [...kept, `--max-old-space-size=${memoryMb}`];
}

/** Asks a process to end, and makes it after a second. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const late = setTimeout(() => child.kill("SIGKILL"), endsWithinMs);
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(late);
}

/** V8 aborts where its heap is full and traps where a table would be too large; a watch or the system kills. */
const outOfMemory: ReadonlySet<string> = new Set(["SIGABRT", "SIGILL", "SIGKILL", "SIGTRAP"]);

/** Why a process has ended, for people. */
export function whyEnded(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === null) return `it exited with code ${code}`;
  const guess = outOfMemory.has(signal) ? ", as happens when memory runs out" : "";
  return `it was ended by ${signal}${guess}`;
}
