/** Looks whether files have changed, by their times and sizes: that also works where no notice of a change comes. */
import { setTimeout as wait } from "node:timers/promises";
import {
  type FileStates,
  filesBehind,
  hasSettledChange,
  statesOf,
} from "../../app/config-files.ts";

const lookMs = 150;

/** Looks at a config and what it leads to: the files, and when each was written. */
export function sightOf(config: string): FileStates {
  return statesOf(filesBehind(config));
}

/** Calls `changed` after each change of a config since it was `seen`, once what has changed stands still. Ends with the signal. */
export async function watchConfig(
  config: string,
  seen: FileStates,
  { changed, signal }: { readonly changed: () => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  let known = seen;
  let before = seen;
  while (!signal.aborted) {
    await wait(lookMs, undefined, { signal }).catch(() => undefined);
    const now = statesOf(known.keys());
    const isDue = hasSettledChange(now, { known, before });
    before = now;
    if (!isDue || signal.aborted) continue;
    // Seen before the work begins, so that a change during it is a change.
    known = sightOf(config);
    before = known;
    await changed();
  }
}
