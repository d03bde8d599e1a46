import { printableBody } from "./printable.ts";

/** Characters that no text has: those below the space but tab and line breaks. */
const binary = /(?![\t\n\r])[^\x20-\u{10ffff}]/u;

/** A body as text, where it is such; undefined where it isn't UTF-8. */
export function textOf(body: Buffer): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    return binary.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A body to be read: text as it is, anything else as a hex dump that fits. */
export function shownBody(body: Buffer, columns: number): string {
  if (body.length === 0) return "(empty)";
  const text = textOf(body);
  return text === undefined ? hexDump(body, columns) : printableBody(text);
}

/** A body in JSON: text, or base64 where it is none. */
export function jsonBody(body: Buffer): { readonly body: string; readonly encoding: string } {
  const text = textOf(body);
  return text === undefined
    ? { body: body.toString("base64"), encoding: "base64" }
    : { body: text, encoding: "utf8" };
}

function hexDump(body: Buffer, columns: number): string {
  // Eight digits of the place and three spaces; of each byte three characters in hex, one as text.
  const perLine = [16, 8].find((count) => 11 + count * 4 <= columns) ?? 4;
  const lines: string[] = [];
  for (let at = 0; at < body.length; at += perLine) {
    const bytes = body.subarray(at, at + perLine);
    const hex = bytes
      .toString("hex")
      .replaceAll(/../g, "$& ")
      .padEnd(perLine * 3);
    const text = bytes.toString("latin1").replaceAll(/[^\x20-\x7e]/g, ".");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex} ${text}`);
  }
  return lines.join("\n");
}
