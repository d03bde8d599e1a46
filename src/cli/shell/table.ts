/** Rows as a table that fits the terminal, or as blocks of `name: value` where it can't. */
import { printable } from "./printable.ts";
import type { Terminal, Tone } from "./terminal.ts";

/** A column of a table. One whose cells are all empty isn't shown. */
export type Column<Row> = {
  readonly title: string;
  readonly of: (row: Row) => string | undefined;
  readonly tone?: (row: Row) => Tone | undefined;
  /** May be cut on a narrow terminal, to this width at least. Ids never are. */
  readonly least?: number;
};

const gap = "  ";

/** The text of a table. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: Terminal,
): string {
  const shown = columns
    .map((column) => ({ column, cells: rows.map((row) => printable(column.of(row) ?? "")) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const widths = widthsFor(
    shown.map(({ column, cells }) => ({
      width: Math.max(column.title.length, ...cells.map((cell) => cell.length)),
      least: column.least,
    })),
    terminal.columns,
  );
  if (terminal.isNarrow || widths === undefined) return blocks(rows, shown, terminal);
  const line = (cells: readonly string[]): string => cells.join(gap).trimEnd();
  const head = line(shown.map(({ column }, at) => column.title.padEnd(widths[at] ?? 0)));
  const body = rows.map((row, index) =>
    line(
      shown.map(({ column, cells }, at) => {
        const cell = cut(cells[index] ?? "", widths[at] ?? 0);
        const tone = column.tone?.(row);
        const padding = at === shown.length - 1 ? "" : " ".repeat((widths[at] ?? 0) - cell.length);
        return (tone ? terminal.paint(tone, cell) : cell) + padding;
      }),
    ),
  );
  return [terminal.paint("faint", head), ...body].join("\n");
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
      const label = terminal.isNarrow ? `${name}:` : name.padEnd(width + 1);
      return `${terminal.paint("faint", label)} ${printable(value)}`;
    })
    .join("\n");
}

function blocks<Row>(
  rows: readonly Row[],
  shown: readonly { readonly column: Column<Row>; readonly cells: readonly string[] }[],
  terminal: Terminal,
): string {
  return rows
    .map((row, index) =>
      shown
        .filter(({ cells }) => cells[index] !== "")
        .map(({ column, cells }) => {
          const tone = column.tone?.(row);
          const cell = cells[index] ?? "";
          const name = terminal.paint("faint", `${column.title.toLowerCase()}:`);
          return `${name} ${tone ? terminal.paint(tone, cell) : cell}`;
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
