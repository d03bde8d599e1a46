import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Liveblocks. */
export const liveblocks = declareStandardWebhooks({
  name: "liveblocks",
  title: "Liveblocks",
  docs: "https://liveblocks.io/docs/platform/webhooks",
  evidence: { kind: "sdk", source: "@liveblocks/node@3.24.2" },
});
