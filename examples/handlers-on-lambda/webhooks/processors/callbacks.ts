import type { CodeEvent } from "surehook/destinations";
import type { Result } from "./process-event.ts";

/** Called when an event has been handled. */
export function onCompleted(event: CodeEvent, result: Result): void {
  const outcome = result.processed ? "processed" : result.reason;
  console.log("webhook", event.source, event.type, event.id, outcome);
}

/** Called when an attempt has failed; there are 3, as config/webhooks.json says, from 2 seconds apart. */
export function onFailed(event: CodeEvent, error: unknown, attempt: number): void {
  console.error("webhook", event.source, event.type, event.id, "failed, attempt", attempt, error);
}
