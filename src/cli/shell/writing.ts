/** Writes what was generated: what is there and differs is shown, and left alone unless a person says otherwise. */
import type { Change } from "../../generate/plan.ts";
import { writeChange } from "../../generate/plan.ts";
import { lineDiff } from "../../kit/line-diff.ts";
import type { Ask } from "./ask.ts";
import { printable } from "./printable.ts";
import type { Shell } from "./shell.ts";

/** How to write. */
export type WriteOptions = {
  readonly folder: string;
  readonly ask: Ask | undefined;
  readonly dryRun: boolean;
};

const done = {
  create: "created",
  extend: "added to",
  overwrite: "overwritten",
  same: "as it should be",
  differs: "left alone: it differs",
  unreadable: "left alone: it can't be read as what it should be",
} as const;

type Done = keyof typeof done;

/** Writes changes, telling each. Returns how many files were written, or would be. */
export async function writeChanges(
  shell: Shell,
  changes: readonly Change[],
  options: WriteOptions,
): Promise<number> {
  let written = 0;
  for (const change of changes) {
    const what = await write(shell, change, options);
    if (what === "create" || what === "extend" || what === "overwrite") written += 1;
    if (what !== "same") tell(shell, change, what);
  }
  return written;
}

async function write(shell: Shell, change: Change, options: WriteOptions): Promise<Done> {
  const what = await decide(shell, change, options.ask);
  const isWritten = what === "create" || what === "extend" || what === "overwrite";
  if (isWritten && !options.dryRun) writeChange(options.folder, change);
  return what;
}

async function decide(shell: Shell, change: Change, ask: Ask | undefined): Promise<Done> {
  const { kind, path } = change;
  if (kind === "create" || kind === "same") return kind;
  showDifference(shell, change);
  if (ask === undefined || kind === "unreadable") return kind;
  if (kind === "extend")
    return (await ask.yes(`Add that to ${path}?`, true)) ? "extend" : "differs";
  return (await ask.yes(`Overwrite ${path}?`, false)) ? "overwrite" : "differs";
}

function showDifference({ terminal, print }: Shell, { path, before, after }: Change): void {
  const tones = { " ": "faint", "-": "bad", "+": "good" } as const;
  const lines = lineDiff(before, after).map(({ sign, text }) =>
    terminal.paint(tones[sign], printable(`${sign} ${text}`)),
  );
  print("", terminal.paint("strong", path), ...lines);
}

function tell({ terminal, print }: Shell, { path }: Change, what: Done): void {
  const tone = what === "differs" || what === "unreadable" ? "warn" : "good";
  print(`${terminal.paint(tone, done[what].padEnd(11))} ${path}`);
}
