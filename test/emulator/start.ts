/** One emulator for all test files that need it: started before the first, stopped after the last. */
import type { TestProject } from "vitest/node";
import { type EmulatorFacts, findPython, startEmulator } from "../support/emulator.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Undefined where there is no Python for it; with `CI` set that is a fault instead. */
    readonly emulator: EmulatorFacts | undefined;
  }
}

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const python = await findPython();
  if (python === undefined) {
    if (process.env["CI"]) throw new Error("The emulator needs Python 3.11 or later with venv.");
    project.provide("emulator", undefined);
    return undefined;
  }
  const { stop, ...facts } = await startEmulator(python);
  project.provide("emulator", facts);
  return stop;
}
