import { styleText } from "node:util";
import type { Environment } from "../../app/config.ts";
import { secretReader } from "../../app/config.ts";

/** Narrower than this, tables become blocks of `name: value`. */
const narrowColumns = 60;
const usualColumns = 80;

/** What is coloured, by what it means. */
export type Tone = "good" | "bad" | "warn" | "faint" | "strong";

const styles = { good: "green", bad: "red", warn: "yellow", faint: "dim", strong: "bold" } as const;

/** Where output goes. */
export type Terminal = {
  /** Characters to a line; infinite where output is piped and nobody says. */
  readonly columns: number;
  readonly isNarrow: boolean;
  /** Whether a person reads standard output. */
  readonly isTty: boolean;
  readonly paint: (tone: Tone, text: string) => string;
};

/** The terminal as it is, or as COLUMNS says. */
export function openTerminal({ color }: Pick<Environment, "color">): Terminal {
  const { stdout } = process;
  const isTty = stdout.isTTY === true;
  const columns = namedColumns() ?? (isTty ? stdout.columns || usualColumns : undefined);
  const isColored = color ?? isTty;
  return {
    columns: columns ?? Number.POSITIVE_INFINITY,
    isNarrow: columns !== undefined && columns < narrowColumns,
    isTty,
    paint: (tone, text) =>
      isColored ? styleText(styles[tone], text, { validateStream: false }) : text,
  };
}

/** As `paint`, for standard error, which may be another terminal or none. */
export function paintError(tone: Tone, text: string): string {
  return styleText(styles[tone], text, { stream: process.stderr });
}

/** Characters to a line of standard error; infinite where it is piped and nobody says. */
export function errorColumns(): number {
  const { isTTY, columns } = process.stderr;
  return namedColumns() ?? (isTTY === true ? columns || usualColumns : Number.POSITIVE_INFINITY);
}

/** Whether SUREHOOK_DEBUG asks for stacks. */
export function wantsStacks(): boolean {
  return setting("SUREHOOK_DEBUG") !== undefined;
}

/** How wide help may be. */
export function helpColumns(): number {
  return Math.min(namedColumns() ?? (process.stdout.columns || usualColumns), 100);
}

function namedColumns(): number | undefined {
  const columns = Number(setting("COLUMNS"));
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}

/** Settings that only a terminal needs. They are read by name, as only app/config.ts sees the environment. */
function setting(name: string): string | undefined {
  return secretReader()({ kind: "secret", name, optional: true })?.value;
}
