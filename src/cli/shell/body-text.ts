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

/** A body to be read: text as it is, anything else as a hex dump. */
export function shownBody(body: Buffer): string {
  if (body.length === 0) return "(empty)";
  const text = textOf(body);
  return text === undefined ? hexDump(body) : printableBody(text);
}

/** A body in JSON: text, or base64 where it is none. */
export function jsonBody(body: Buffer): { readonly body: string; readonly encoding: string } {
  const text = textOf(body);
  return text === undefined
    ? { body: body.toString("base64"), encoding: "base64" }
    : { body: text, encoding: "utf8" };
}

function hexDump(body: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < body.length; at += 16) {
    const bytes = body.subarray(at, at + 16);
    const hex = bytes.toString("hex").replaceAll(/../g, "$& ").padEnd(48);
    const text = bytes.toString("latin1").replaceAll(/[^\x20-\x7e]/g, ".");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex} ${text}`);
  }
  return lines.join("\n");
}
