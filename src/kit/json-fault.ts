/** Where a text stops being JSON. JSON.parse names a position for some faults only, and shows the text around others. */

/** The first fault: lines and columns are counted from 1. */
export type JsonFault = {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
};

type Fault = { readonly at: number; readonly expected: string };
/** The offset behind what was read, or what is wrong. */
type Step = number | Fault;

const space = /[ \t\r\n]*/y;
const text = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** The first fault of a text that is no JSON; undefined where it is. */
export function jsonFault(source: string): JsonFault | undefined {
  const end = value(source, skip(source, 0));
  const fault = typeof end === "number" ? trailing(source, end) : end;
  if (fault === undefined) return undefined;
  const before = source.slice(0, fault.at).split("\n");
  const column = (before.at(-1) ?? "").length + 1;
  return { line: before.length, column, expected: fault.expected };
}

function trailing(source: string, end: number): Fault | undefined {
  const at = skip(source, end);
  return at === source.length ? undefined : { at, expected: "nothing more" };
}

function value(source: string, at: number): Step {
  if (source[at] === "{") return list(source, at, { close: "}", item: member });
  if (source[at] === "[") return list(source, at, { close: "]", item: value });
  return match(scalar, source, at) ?? match(text, source, at) ?? { at, expected: "a value" };
}

/** What stands between brackets, with commas between. */
function list(
  source: string,
  open: number,
  { close, item }: { readonly close: string; readonly item: (source: string, at: number) => Step },
): Step {
  let at = skip(source, open + 1);
  if (source[at] === close) return at + 1;
  for (;;) {
    const end = item(source, at);
    if (typeof end !== "number") return end;
    at = skip(source, end);
    if (source[at] === close) return at + 1;
    if (source[at] !== ",") return { at, expected: `a comma or ${close}` };
    at = skip(source, at + 1);
  }
}

function member(source: string, at: number): Step {
  const name = match(text, source, at);
  if (name === undefined) return { at, expected: "a name in double quotes" };
  const colon = skip(source, name);
  if (source[colon] !== ":") return { at: colon, expected: "a colon" };
  return value(source, skip(source, colon + 1));
}

function skip(source: string, at: number): number {
  return match(space, source, at) ?? at;
}

function match(pattern: RegExp, source: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}
