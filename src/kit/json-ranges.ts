/**
 * Where values stand in the bytes of a JSON text. `JSON.parse` tells what is there, and not where; a parser
 * that keeps places builds a tree of the whole text, which costs more than the text for a few ranges.
 * The bytes must be JSON (`parseJson` says so): this only looks for what ends a value, and in UTF-8 no byte
 * of a longer character can be taken for one of JSON's own signs.
 */

/** A stretch of bytes; `end` is the first byte behind it. */
export type ByteRange = { readonly start: number; readonly end: number };

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The values at a dotted path, in their order; `*` is each element of a list, so that `*` alone is each of
 * a text that is one. Undefined where a step isn't there, or where more than `most` values are.
 */
export function rangesAt(
  json: Buffer,
  path: string,
  most: number,
): readonly ByteRange[] | undefined {
  let found: ByteRange[] = [valueFrom(json, pastSpace(json, 0))];
  for (const step of path.split(".")) {
    const inner: ByteRange[] = [];
    for (const range of found) {
      const isThere =
        step === "*"
          ? addElements(json, range, { into: inner, most })
          : addMember(json, range, { into: inner, name: step });
      if (!isThere) return undefined;
    }
    found = inner;
  }
  return found;
}

/** False where it is no list, or a longer one than is wanted. */
function addElements(
  json: Buffer,
  { start }: ByteRange,
  { into, most }: { readonly into: ByteRange[]; readonly most: number },
): boolean {
  if (json[start] !== openList) return false;
  let at = pastSpace(json, start + 1);
  while (json[at] !== closeList) {
    if (into.length === most) return false;
    const element = valueFrom(json, at);
    into.push(element);
    at = pastComma(json, element.end);
  }
  return true;
}

/** Of several members of a name the last counts, as for JSON.parse. */
function addMember(
  json: Buffer,
  { start }: ByteRange,
  { into, name }: { readonly into: ByteRange[]; readonly name: string },
): boolean {
  if (json[start] !== openObject) return false;
  let found: ByteRange | undefined;
  let at = pastSpace(json, start + 1);
  while (json[at] !== closeObject) {
    const key = valueFrom(json, at);
    const colon = pastSpace(json, key.end);
    const member = valueFrom(json, pastSpace(json, colon + 1));
    if (textOf(json, key) === name) found = member;
    at = pastComma(json, member.end);
  }
  if (found !== undefined) into.push(found);
  return found !== undefined;
}

function textOf(json: Buffer, { start, end }: ByteRange): unknown {
  const text = json.toString("utf8", start + 1, end - 1);
  return text.includes("\\") ? JSON.parse(`"${text}"`) : text;
}

function valueFrom(json: Buffer, start: number): ByteRange {
  const first = json[start];
  if (first === quote) return { start, end: pastText(json, start) };
  const isComposed = first === openList || first === openObject;
  return { start, end: isComposed ? pastComposed(json, start) : pastScalar(json, start) };
}

function pastComposed(json: Buffer, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const sign = json[at];
    if (sign === quote) {
      at = pastText(json, at);
      continue;
    }
    at += 1;
    if (sign === openList || sign === openObject) depth += 1;
    else if (sign === closeList || sign === closeObject) depth -= 1;
    if (depth === 0) return at;
  }
  return at;
}

function pastText(json: Buffer, start: number): number {
  for (let from = start + 1; ; ) {
    const end = json.indexOf(quote, from);
    if (end < 0) return json.length;
    let escapes = 0;
    while (json[end - 1 - escapes] === backslash) escapes += 1;
    if (escapes % 2 === 0) return end + 1;
    from = end + 1;
  }
}

function pastScalar(json: Buffer, start: number): number {
  let at = start;
  while (at < json.length && !isSpace(json[at]) && !isEnd(json[at])) at += 1;
  return at;
}

function isEnd(sign: number | undefined): boolean {
  return sign === comma || sign === closeList || sign === closeObject;
}

function pastComma(json: Buffer, start: number): number {
  const at = pastSpace(json, start);
  return json[at] === comma ? pastSpace(json, at + 1) : at;
}

function pastSpace(json: Buffer, start: number): number {
  let at = start;
  while (isSpace(json[at])) at += 1;
  return at;
}

function isSpace(sign: number | undefined): boolean {
  return sign === 0x20 || sign === 0x0a || sign === 0x0d || sign === 0x09;
}
