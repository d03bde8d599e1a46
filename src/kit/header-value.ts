/** What HTTP lets through in a value (RFC 9110, 5.5): tab, space, visible ASCII and obs-text. */
const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;
const hasControl = /[^\t\x20-\x7e\x80-\u{10ffff}]/u;
const name = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether a text can be a header's name (RFC 9110, 5.1). */
export function isHeaderName(text: string): boolean {
  return name.test(text);
}

/**
 * A received header value as it can be sent on: the same where it came as bytes, its UTF-8 bytes where
 * it was decoded on the way, undefined where it holds a line break or another control character.
 */
export function forwardedValue(value: string): string | undefined {
  if (sendable.test(value)) return value;
  if (hasControl.test(value)) return undefined;
  return Buffer.from(value, "utf8").toString("latin1");
}

/** Any text as a header value: visible ASCII as it is; a text with anything else is percent-encoded (`decodeURI`). */
export function asciiValue(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURI(text.toWellFormed());
}

const hasObsText = /[\x80-\xff]/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A received header value as its sender wrote it: HTTP hands over a character for each byte, and most write UTF-8. */
export function readableValue(value: string): string {
  // One with other characters was decoded on the way.
  if (!hasObsText.test(value) || !sendable.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}
