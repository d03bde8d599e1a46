import type { Attempt } from "../../core/types.ts";
import type { Shell } from "./shell.ts";
import { table } from "./table.ts";
import { duration } from "./time.ts";

/** A table of attempts, in their order. */
export function attemptTable({ terminal, when }: Shell, attempts: readonly Attempt[]): string {
  return table(
    attempts,
    [
      { title: "TRY", of: ({ number }) => String(number) },
      { title: "STARTED", of: ({ startedAt }) => when(startedAt) },
      { title: "TOOK", of: ({ startedAt, endedAt }) => duration(endedAt - startedAt) },
      {
        title: "OUTCOME",
        of: ({ outcome }) => outcome,
        tone: ({ outcome }) => (outcome === "delivered" ? "good" : "bad"),
      },
      { title: "STATUS", of: ({ status }) => status?.toString() },
      { title: "CODE", of: ({ code }) => code, least: 12 },
      { title: "DETAIL", of: ({ detail }) => detail, below: true, whole: true },
    ],
    terminal,
  );
}
