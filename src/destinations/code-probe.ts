import type { ChildProcess } from "node:child_process";
import type { Finding } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import { endChild, forkChild, whyEnded } from "./code-fork.ts";
import type { ChildStart, FromChild, ToChild } from "./code-protocol.ts";

/** Node names who imports: for a path that is the process's own entry. */
const importer = / imported from \S*code-child\.[jt]s$/;

/** A module that takes longer may still be right. */
const loadedWithinMs = 10_000;

/** Whether a process of its own can load a module and finds in it what is to be called; nothing is. */
export async function moduleFindings(name: string, start: ChildStart): Promise<readonly Finding[]> {
  const child = forkChild(name, start.memoryMb, "ignore");
  const late = Promise.withResolvers<Verdict>();
  const timer = setTimeout(
    () => late.resolve(finding(`it was not loaded within ${loadedWithinMs / 1000} s`, true)),
    loadedWithinMs,
  );
  const found = Promise.race([verdictOf(child), late.promise]);
  const words: ToChild = { kind: "start", gatewayPid: process.pid, start };
  child.send(words, () => undefined);
  try {
    const expected = `a module that exports ${start.calls}(event, context)`;
    return (await found).map((one) => ({ ...one, expected }));
  } finally {
    clearTimeout(timer);
    await endChild(child);
  }
}

type Verdict = readonly Omit<Finding, "expected">[];

function verdictOf(child: ChildProcess): Promise<Verdict> {
  return new Promise((resolve) => {
    let crash: string | undefined;
    child.on("message", (received) => {
      const said = received as FromChild;
      if (said.kind === "loaded") resolve([]);
      if (said.kind === "unloadable")
        resolve(finding(said.detail.replace(importer, ""), !said.isLasting));
      if (said.kind === "crashed") crash = said.detail;
    });
    child.on("error", (error) => resolve(finding(messageOf(error), true)));
    child.on("close", (code, signal) => {
      resolve(finding(crash ?? whyEnded(code, signal), true));
    });
  });
}

function finding(hint: string, mayPass: boolean): Verdict {
  return [{ option: "module", hint, mayPass }];
}
