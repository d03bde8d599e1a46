/** Looks whether files have changed, by their times and sizes: that also works where no notice of a change comes. */
import { setTimeout as wait } from "node:timers/promises";
import { filesBehind, stateOf } from "../../app/config-files.ts";

const lookMs = 150;

/** What a config is made of, and when that was written. */
export type Sight = { readonly files: readonly string[]; readonly state: string };

/** Looks at a config and what it leads to. */
export function sightOf(config: string): Sight {
  const files = filesBehind(config);
  return { files, state: stateOf(files) };
}

/** Calls `changed` after each change of a config since it was `seen`, once the files stand still. Ends with the signal. */
export async function watchConfig(
  config: string,
  seen: Sight,
  { changed, signal }: { readonly changed: () => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  let known = seen;
  let before = seen.state;
  while (!signal.aborted) {
    await wait(lookMs, undefined, { signal }).catch(() => undefined);
    const now = stateOf(known.files);
    const isStill = now === before;
    before = now;
    if (now === known.state || !isStill || signal.aborted) continue;
    // Seen before the work begins, so that a change during it is a change.
    known = sightOf(config);
    before = known.state;
    await changed();
  }
}
