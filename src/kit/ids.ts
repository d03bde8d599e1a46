import { randomBytes } from "node:crypto";

/** What sorts before all ids that were made from then on (milliseconds since 1970), and after those before. */
export function idsFrom(time: number): string {
  const digits = Math.max(0, time).toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}

/** When an id was made, in milliseconds since 1970. */
export function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 13).replace("-", ""), 16);
}

/** 2020-01-01T00:00:00Z: counted from here, places are whole numbers of JavaScript until 2089. */
const placesFromMs = 1_577_836_800_000;
/** How many places a millisecond has: what 12 bits can count. */
const placesPerMs = 4_096;
/** No id is dated before this, 2020-01-02T00:00:00Z, whatever the clock says: it may begin at 1970. */
const earliestMs = placesFromMs + 86_400_000;

/**
 * The place that an id tells: its milliseconds (41 bits) and its counter (12 bits) as one number, which rises as ids
 * do, and which no two ids of one maker have in common. NaN of what is no id.
 */
export function placeOf(id: string): number {
  let time = 0;
  for (let at = 0; at < 13; at += 1) if (at !== 8) time = time * 16 + digitAt(id, at);
  let count = 0;
  for (let at = 15; at < 18; at += 1) count = count * 16 + digitAt(id, at);
  return (time - placesFromMs) * placesPerMs + count;
}

/** The hexadecimal digit (lower case) at a place; NaN where there is none. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : Number.NaN;
}

/**
 * Makes UUIDs of version 7 (RFC 9562): unique, and rising with time also within a millisecond. Behind the time
 * (48 bits) stands a counter (12 bits, which begins anywhere in its first 256; RFC 9562, 6.2, method 1), behind
 * that 62 bits that are drawn for each millisecond. All rise from `after`, an id made before, though the clock has
 * been set back since. Written here, since each event has one: by a general library
 * it takes many times as long.
 */
export function idMaker(clock: () => number = Date.now, after?: string): () => string {
  let lastMs = Math.max(earliestMs, after === undefined ? 0 : madeAt(after));
  let count = placesPerMs;
  let head = "";
  let tail = "";
  return () => {
    const now = clock();
    count += 1;
    if (now > lastMs || count >= placesPerMs) {
      // Beyond the counter's end the time is borrowed from.
      lastMs = Math.max(now, lastMs + 1);
      const drawn = randomBytes(9);
      count = drawn.readUInt8(8);
      head = `${idsFrom(lastMs)}-7`;
      tail = tailOf(drawn);
    }
    return head + (counts[count] as string) + tail;
  };
}

/** The counter's text, made once for all. */
const counts = Array.from({ length: placesPerMs }, (_, count) =>
  count.toString(16).padStart(3, "0"),
);

/** The variant (2 bits) and what was drawn. */
function tailOf(drawn: Buffer): string {
  drawn.writeUInt8(0x80 | (drawn.readUInt8(0) & 0x3f), 0);
  const digits = drawn.toString("hex", 0, 8);
  return `-${digits.slice(0, 4)}-${digits.slice(4)}`;
}
