import type { CodeContext, CodeEvent } from "surehook/destinations";
import { handlers } from "../handlers/github.ts";
import { processEvent } from "./process-event.ts";

/** Takes every event of GitHub, after its sender was answered; see `destinations` in config/webhooks.json. */
export async function handle(event: CodeEvent, context: CodeContext): Promise<void> {
  await processEvent(event, context, handlers);
}
