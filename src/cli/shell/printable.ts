/**
 * What senders sent is shown in a terminal: a control character in it could move the cursor, change
 * the title or hide text, so each becomes visible. Direction overrides (Unicode TR9) reorder text.
 */
const unsafe = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const unsafeInBody = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** A text as one line without control characters. */
export function printable(text: string): string {
  return text.replaceAll(unsafe, escaped);
}

/** A text whose line breaks and tabs stay. */
export function printableBody(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(unsafeInBody, escaped);
}

/** JSON leaves DEL and the C1 controls as they are, which a terminal may obey. */
export function printableJson(value: unknown, indent: 0 | 2): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A count with its noun: `1 event`, `2 events`, `2 deliveries`. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  const many = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count.toLocaleString("en-US")} ${many}`;
}

/** A size for people: `812 B`, `4.2 KiB`, `25 MiB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1_048_576 ? [bytes / 1024, "KiB"] : [bytes / 1_048_576, "MiB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 256
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Path parameters as text; undefined where there are none. */
export function paramsText(params: Readonly<Record<string, string>>): string | undefined {
  const pairs = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? undefined : pairs.join(", ");
}
