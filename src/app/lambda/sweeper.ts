import type { AnyGateway } from "../../core/define.ts";
import type { Invocation } from "./events.ts";
import { wakeText } from "./refs.ts";
import { early, judged, onAws, type Surroundings } from "./surroundings.ts";

const stretch = 500;
/** What was told to the queue is looked at again after this: a long queue isn't filled further. */
const lookAgainMs = 900_000;
/** Kept back for the last stretch. */
const reserveMs = 15_000;

/** Finds what bus and queue missed, and tells the queue; how many deliveries those were. */
export function sweeper(
  definition: AnyGateway,
  on: Surroundings = onAws(),
): (event: unknown, invocation: Invocation) => Promise<{ readonly woken: number }> {
  const gateway = judged(definition);
  const opened = early(() => on.openStore(gateway));
  return async (_, invocation) => {
    const engine = await opened();
    let woken = 0;
    for (;;) {
      const now = Date.now();
      const refs = await engine.owed({
        limit: stretch,
        before: now,
        lookAgainAt: now + lookAgainMs,
      });
      const texts = refs.map((ref) => wakeText(ref));
      await on.tell("due", texts);
      woken += refs.length;
      const isOver = refs.length === 0 || invocation.getRemainingTimeInMillis() < reserveMs;
      if (isOver) return { woken };
    }
  };
}
