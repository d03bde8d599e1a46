import type { RawHeaders } from "../../core/types.ts";
import { readableValue } from "../../kit/header-value.ts";
import { printable } from "./printable.ts";

/** A line for each header, in the sender's spelling and order. */
export function headerLines(headers: RawHeaders): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    lines.push(
      `  ${printable(headers[at] ?? "")}: ${printable(readableValue(headers[at + 1] ?? ""))}`,
    );
  }
  return lines;
}
