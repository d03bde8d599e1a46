import type { Pause } from "../../core/engine.ts";
import type { Shell } from "./shell.ts";

/** A line for each pause: what, why, since and until when. */
export function pauseLines({ when }: Pick<Shell, "when">, pauses: readonly Pause[]): string[] {
  return pauses.map(({ destination, laneKey, cause, reason, since, until }) => {
    const what = laneKey === undefined ? destination : `${destination} (lane ${laneKey})`;
    const by = cause === "person" ? "" : ` (${cause})`;
    const end = until === undefined ? "until it is resumed" : `until ${when(until)}`;
    return `${what}: ${reason}${by}; since ${when(since)}, ${end}`;
  });
}
