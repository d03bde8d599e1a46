import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";

/** What the figures were taken on. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly system: string;
  readonly node: string;
};

/** This machine. */
export function describeMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryMiB: Math.round(totalmem() / 1_048_576),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

/** Ticks that a core has counted, and those that it wasn't idle: its kernel's work for the network and the disk too. */
export function coreTimes(core: number): { readonly busy: number; readonly all: number } {
  const stat = readFileSync("/proc/stat", "utf8");
  const line = stat.split("\n").find((text) => text.startsWith(`cpu${core} `)) ?? "";
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, ticked) => sum + ticked, 0);
  const [, , , idle = 0, waiting = 0] = ticks;
  return { busy: all - idle - waiting, all };
}
