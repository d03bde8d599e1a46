/** Text that fits the terminal: broken between words, never within an id, an address or a command. */
import { stripVTControlCharacters } from "node:util";

/**
 * What stays on one line, with what stands against it: a command in backticks, half of which nobody should
 * paste; a time; a few words in brackets; else a word.
 */
const piece = /(?:`[^`\n]*`|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d|\([^()\n]{1,16}\)|\S)+/g;

/** Each line broken where it is wider than the terminal; what it goes on with stands `hang` further in. */
export function folded(text: string, columns: number, hang = 2): string {
  if (!Number.isFinite(columns)) return text;
  return text
    .split("\n")
    .flatMap((line) => foldedLine(line, columns, hang))
    .join("\n");
}

function foldedLine(line: string, columns: number, hang: number): string[] {
  if (width(line) <= columns) return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  const further = indent + " ".repeat(hang);
  const words = Array.from(line.matchAll(piece), ([word]) => word);
  const lines: string[] = [];
  let current = indent + (words[0] ?? "");
  for (const [at, word] of words.entries()) {
    if (at === 0) continue;
    // An id that fits nowhere stays beside its name.
    const isHopeless = at === 1 && width(further + word) > columns;
    if (isHopeless || width(`${current} ${word}`) <= columns) {
      current += ` ${word}`;
      continue;
    }
    lines.push(current);
    current = further + word;
  }
  return [...lines, current];
}

function width(text: string): number {
  return stripVTControlCharacters(text).length;
}
