import type { CodeEvent } from "surehook/destinations";
import { sendAlert } from "../outside.ts";
import { setState } from "../state.ts";

/** Keeps an alert and tells it. Any other kind of destination can take its place in config/webhooks.json. */
export async function handle(
  event: CodeEvent<{ readonly id: string; readonly text: string }>,
): Promise<void> {
  await setState("alerts", event.payload.id, { state: "raised", at: event.receivedAt });
  await sendAlert(event.payload);
}
