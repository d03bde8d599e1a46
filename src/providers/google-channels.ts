import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Google push channels. */
export const googleChannels = declareTokenProvider({
  name: "google-channels",
  title: "Google push channels",
  docs: "https://developers.google.com/workspace/calendar/api/guides/push",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { header: "X-Goog-Channel-Token" },
  type: { header: "X-Goog-Resource-State" },
});
