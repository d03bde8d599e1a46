import type { Environment } from "../../app/config.ts";
import { readEnvironment } from "../../app/config.ts";
import type { ExitCode } from "./faults.ts";
import { folded } from "./fold.ts";
import { printableJson } from "./printable.ts";
import { errorColumns, openTerminal, type Terminal } from "./terminal.ts";
import { localTime, relativeTime } from "./time.ts";

/** What a command works with. */
export type Shell = {
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Writes lines to standard output: the command's result. */
  readonly print: (...lines: readonly string[]) => void;
  /** As `print`, sentences: broken between words where the terminal is narrower. */
  readonly say: (...lines: readonly string[]) => void;
  /** Writes lines to standard error: hints and progress, which no program reads. */
  readonly hint: (...lines: readonly string[]) => void;
  /** Writes one JSON document to standard output. */
  readonly json: (value: unknown, options?: { readonly compact?: boolean }) => void;
  /** A time for lists: relative for a person, absolute in a pipe. */
  readonly when: (ms: number | undefined) => string | undefined;
  /** A time for facts: both. */
  readonly exactly: (ms: number | undefined) => string | undefined;
};

/** Makes a command's action: opens the shell, and keeps the exit code that the work returns. */
export function action<Args extends readonly unknown[]>(
  work: (shell: Shell, ...args: Args) => Promise<ExitCode | undefined>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = (await work(openShell(), ...args)) ?? 0;
  };
}

function openShell(): Shell {
  const environment = readEnvironment();
  const terminal = openTerminal(environment);
  return {
    environment,
    terminal,
    print: (...lines) => write(process.stdout, lines),
    say: (...lines) => write(process.stdout, broken(lines, terminal.columns)),
    hint: (...lines) => write(process.stderr, broken(lines, errorColumns())),
    json: (value, { compact = false } = {}) => {
      write(process.stdout, [printableJson(value, compact ? 0 : 2)]);
    },
    when: (ms) => {
      if (ms === undefined) return undefined;
      return terminal.isTty ? relativeTime(ms, Date.now()) : localTime(ms);
    },
    exactly: (ms) =>
      ms === undefined ? undefined : `${localTime(ms)} (${relativeTime(ms, Date.now())})`,
  };
}

function broken(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => folded(line, columns));
}

function write(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  if (lines.length === 0) return;
  stream.write(`${lines.join("\n")}\n`);
}
