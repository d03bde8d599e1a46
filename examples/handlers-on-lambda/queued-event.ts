import type { CodeEvent } from "surehook/destinations";

/** What a worker gets of an event that nothing here handles. */
export function transform({ provider, payload }: CodeEvent) {
  return { provider, event: payload };
}
