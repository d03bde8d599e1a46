import type { RawHeaders } from "../../core/types.ts";
import { readableValue } from "../../kit/header-value.ts";
import { folded } from "./fold.ts";
import { printable } from "./printable.ts";

/** Each header, in the sender's spelling and order; what is long goes on further in. */
export function headerLines(headers: RawHeaders, columns: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = "", value = ""] = headers.slice(at, at + 2);
    lines.push(folded(`  ${printable(name)}: ${printable(readableValue(value))}`, columns));
  }
  return lines;
}
