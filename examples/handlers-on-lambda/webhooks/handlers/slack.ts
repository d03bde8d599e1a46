import type { Handlers } from "../processors/process-event.ts";

/** Which function handles which of Slack's events; `surehook add handler` adds one. */
export const handlers: Handlers = {
};
