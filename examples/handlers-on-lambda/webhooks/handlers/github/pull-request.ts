import type { CodeEvent } from "surehook/destinations";
import type { Result } from "../../processors/process-event.ts";
import { setState } from "../../state.ts";
import type { PullRequest } from "./types.ts";

/** Something happened to a pull request: `action` says what. */
export async function onPullRequest(
  event: CodeEvent<PullRequest>,
): Promise<Result> {
  const { action, number, repository } = event.payload;
  await setState("repositories", repository.full_name + "#" + number, {
    state: action,
    at: event.receivedAt,
  });
  return { processed: true };
}
