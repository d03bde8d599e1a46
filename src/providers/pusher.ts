import { declareProvider } from "./schemes/declared.ts";

/** Pusher Channels. */
export const pusher = declareProvider({
  name: "pusher",
  title: "Pusher Channels",
  docs: "https://pusher.com/docs/channels/server_api/webhooks/",
  evidence: { kind: "sdk", source: "pusher@5.3.4" },
  deadlineSeconds: 4,
  retries: true,
  signature: { header: "X-Pusher-Signature" },
  time: { json: "time_ms", unit: "ms" },
  batch: {
    items: "events.*",
    type: { json: "name" },
    time: { around: "time_ms", unit: "ms" },
  },
});
