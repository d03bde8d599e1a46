/** Rows as a table that fits the terminal, or as blocks of `name: value` where it can't. */
import { folded } from "./fold.ts";
import { printable } from "./printable.ts";
import type { Terminal, Tone } from "./terminal.ts";

/** A column of a table. One whose cells are all empty isn't shown. */
export type Column<Row> = {
  readonly title: string;
  readonly of: (row: Row) => string | undefined;
  readonly tone?: (row: Row) => Tone | undefined;
  /** May be cut on a narrow terminal, to this width at least. Ids never are. */
  readonly least?: number;
  /** Stands on a line of its own below the row, where the terminal is too narrow for all in one. */
  readonly below?: true;
  /** Is never cut: where it doesn't fit it is broken into lines below the row. */
  readonly whole?: true;
};

const gap = "  ";

type Shown<Row> = { readonly column: Column<Row>; readonly cells: readonly string[] };

/** The text of a table. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: Terminal,
): string {
  const shown = columns
    .map((column) => ({ column, cells: rows.map((row) => printable(column.of(row) ?? "")) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  if (terminal.isNarrow) return blocks(rows, shown, terminal);
  const below = shown.filter(({ column }) => column.below === true);
  const beside = shown.filter(({ column }) => column.below !== true);
  // Rather a line more than a word less.
  const uncut = below.length === 0 ? [] : beside;
  return (
    lines(rows, { beside: shown, below: [], uncut }, terminal) ??
    lines(rows, { beside, below, uncut: [] }, terminal) ??
    blocks(rows, shown, terminal)
  );
}

type Layout<Row> = {
  readonly beside: readonly Shown<Row>[];
  readonly below: readonly Shown<Row>[];
  readonly uncut: readonly Shown<Row>[];
};

/** Columns beside each other, and some below; undefined where those beside each other don't fit. */
function lines<Row>(
  rows: readonly Row[],
  { beside, below, uncut }: Layout<Row>,
  terminal: Terminal,
): string | undefined {
  const widths = widthsFor(
    beside.map((one) => ({
      width: Math.max(one.column.title.length, ...one.cells.map((cell) => cell.length)),
      least: uncut.includes(one) || one.column.whole ? undefined : one.column.least,
    })),
    terminal.columns,
  );
  if (widths === undefined) return undefined;
  const head = beside.map(({ column }, at) => column.title.padEnd(widths[at] ?? 0));
  const body = rows.flatMap((row, index) => [
    lineOf(row, { index, shown: beside, widths }, terminal),
    ...below.flatMap(({ column, cells }) => {
      const cell = belowCell(column, cells[index] ?? "", terminal);
      return cell === "" ? [] : [painted(row, { column, cell }, terminal)];
    }),
  ]);
  return [terminal.paint("faint", head.join(gap).trimEnd()), ...body].join("\n");
}

function belowCell<Row>(
  { least, whole }: Column<Row>,
  text: string,
  { columns }: Terminal,
): string {
  if (text === "") return "";
  if (whole) return folded(gap + text, columns, 0);
  return gap + cut(text, (least === undefined ? Number.POSITIVE_INFINITY : columns) - gap.length);
}

function lineOf<Row>(
  row: Row,
  at: {
    readonly index: number;
    readonly shown: readonly Shown<Row>[];
    readonly widths: readonly number[];
  },
  terminal: Terminal,
): string {
  const { index, shown, widths } = at;
  const cells = shown.map(({ column, cells: all }, place) => {
    const width = widths[place] ?? 0;
    const cell = cut(all[index] ?? "", width);
    const padding = place === shown.length - 1 ? "" : " ".repeat(width - cell.length);
    return painted(row, { column, cell }, terminal) + padding;
  });
  return cells.join(gap).trimEnd();
}

function painted<Row>(
  row: Row,
  { column, cell }: { readonly column: Column<Row>; readonly cell: string },
  terminal: Terminal,
): string {
  const tone = column.tone?.(row);
  return tone ? terminal.paint(tone, cell) : cell;
}

/** Facts of one thing: names and values below each other; what is undefined is left out. */
export function facts(
  entries: readonly (readonly [name: string, value: string | undefined])[],
  terminal: Terminal,
): string {
  const shown = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown
    .map(([name, value]) => {
      const text = printable(value);
      if (terminal.isNarrow) {
        return folded(`${terminal.paint("faint", `${name}:`)} ${text}`, terminal.columns);
      }
      const label = terminal.paint("faint", name.padEnd(width + 1));
      const lines = folded(text, terminal.columns - width - 2, 0).split("\n");
      return `${label} ${lines.join(`\n${" ".repeat(width + 2)}`)}`;
    })
    .join("\n");
}

function blocks<Row>(
  rows: readonly Row[],
  shown: readonly Shown<Row>[],
  terminal: Terminal,
): string {
  return rows
    .map((row, index) =>
      shown
        .filter(({ cells }) => cells[index] !== "")
        .map(({ column, cells }) => {
          const name = terminal.paint("faint", `${column.title.toLowerCase()}:`);
          const cell = painted(row, { column, cell: cells[index] ?? "" }, terminal);
          return folded(`${name} ${cell}`, terminal.columns);
        })
        .join("\n"),
    )
    .join("\n\n");
}

/** Widths that fit, taken from the columns that may be cut, widest first; undefined where none do. */
function widthsFor(
  columns: readonly { readonly width: number; readonly least: number | undefined }[],
  available: number,
): number[] | undefined {
  const widths = columns.map(({ width }) => width);
  const total = (): number =>
    widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  while (total() > available) {
    const at = widestToCut(columns, widths);
    if (at === undefined) return undefined;
    widths[at] = (widths[at] ?? 0) - 1;
  }
  return widths;
}

function widestToCut(
  columns: readonly { readonly least: number | undefined }[],
  widths: readonly number[],
): number | undefined {
  let widest: number | undefined;
  for (const [at, { least }] of columns.entries()) {
    const width = widths[at] ?? 0;
    if (least === undefined || width <= least) continue;
    if (widest === undefined || width > (widths[widest] ?? 0)) widest = at;
  }
  return widest;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
