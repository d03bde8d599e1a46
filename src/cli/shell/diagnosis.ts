/** Why a request was refused, as lines of text. */
import type { Cause, Diagnosis } from "../../core/diagnose/cause.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

const widest = 100;

/** The lines that tell the causes; none where there is nothing wrong. */
export function diagnosisLines(diagnosis: Diagnosis, terminal: Terminal): readonly string[] {
  if (diagnosis.verdict !== "rejected") return [];
  return diagnosis.causes.flatMap((cause) => causeLines(cause, terminal));
}

function causeLines({ proven, text, remedy }: Cause, terminal: Terminal): readonly string[] {
  const { paint, columns } = terminal;
  const [first = "", ...rest] = wrapped(text, Math.min(columns, widest) - 2);
  const mark = proven ? paint("good", "✓") : paint("warn", "?");
  return [
    `${mark} ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...wrapped(remedy, Math.min(columns, widest) - 2).map((line) => `  ${paint("faint", line)}`),
  ];
}

/** A text in lines no longer than a width, unless a word is. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || longer.length <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
}
