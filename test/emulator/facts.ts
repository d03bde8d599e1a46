import { inject } from "vitest";
import type { EmulatorFacts } from "../support/emulator.ts";

/** The emulator of this run; throws where there is none, which tests that need it ask first. */
export function emulatorFacts(): EmulatorFacts {
  const facts = inject("emulator");
  if (facts === undefined) throw new Error("No emulator runs.");
  return facts;
}
