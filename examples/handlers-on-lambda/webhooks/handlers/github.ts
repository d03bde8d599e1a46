import type { Handlers } from "../processors/process-event.ts";
import { onPush } from "./github/push.ts";
import { onPullRequest } from "./github/pull-request.ts";

/** Which function handles which of GitHub's events; `surehook add handler` adds one. */
export const handlers: Handlers = {
  push: onPush,
  pull_request: onPullRequest,
};
