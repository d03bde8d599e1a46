import { declareProvider } from "./schemes/declared.ts";

/** Twitch EventSub. */
export const twitch = declareProvider({
  name: "twitch",
  title: "Twitch EventSub",
  docs: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  toleranceSeconds: 600,
  signature: { header: "Twitch-Eventsub-Message-Signature", prefix: "sha256=" },
  content: [{ header: "Twitch-Eventsub-Message-Id" }, "timestamp", "body"],
  timestamp: { header: "Twitch-Eventsub-Message-Timestamp", unit: "rfc3339" },
  id: { header: "Twitch-Eventsub-Message-Id" },
  type: { header: "Twitch-Eventsub-Subscription-Type" },
});
