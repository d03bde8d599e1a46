import type { CodeEvent } from "surehook/destinations";
import type { Result } from "../../processors/process-event.ts";
import { setState } from "../../state.ts";
import type { Push } from "./types.ts";

/** Commits were pushed. */
export async function onPush(
  event: CodeEvent<Push>,
): Promise<Result> {
  const { ref, after, repository } = event.payload;
  await setState("repositories", repository.full_name, {
    state: ref + " is at " + after,
    at: event.receivedAt,
  });
  return { processed: true };
}
