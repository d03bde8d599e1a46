/** The difference of two texts by lines. */

/** A line of a difference: kept, gone or new. */
export type DiffLine = { readonly sign: " " | "-" | "+"; readonly text: string };

/** Lines around a change that are shown. */
const around = 2;

/** What has to be done to one text to make it another, with a few lines around; `…` for what is left out. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const lines = allLines(before.split("\n"), after.split("\n"));
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ sign }) => sign !== " "),
  );
  return lines.flatMap((line, at) => {
    if (near[at]) return [line];
    return near[at - 1] === true ? [{ sign: " ", text: "…" } as const] : [];
  });
}

/** By the longest common subsequence; texts here are some hundred lines at most. */
function allLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const longest = table(before, after);
  const lines: DiffLine[] = [];
  let [one, other] = [0, 0];
  while (one < before.length || other < after.length) {
    const isGone = (longest[one + 1]?.[other] ?? -1) >= (longest[one]?.[other + 1] ?? -1);
    if (one < before.length && other < after.length && before[one] === after[other]) {
      lines.push({ sign: " ", text: before[one] ?? "" });
      one += 1;
      other += 1;
    } else if (one < before.length && (isGone || other >= after.length)) {
      lines.push({ sign: "-", text: before[one] ?? "" });
      one += 1;
    } else {
      lines.push({ sign: "+", text: after[other] ?? "" });
      other += 1;
    }
  }
  return lines;
}

function table(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly number[])[] {
  const rows: number[][] = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let one = before.length - 1; one >= 0; one -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      const row = rows[one] as number[];
      row[other] =
        before[one] === after[other]
          ? 1 + (rows[one + 1]?.[other + 1] ?? 0)
          : Math.max(rows[one + 1]?.[other] ?? 0, row[other + 1] ?? 0);
    }
  }
  return rows;
}
