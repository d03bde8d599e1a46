import { declareProvider } from "./schemes/declared.ts";

/** Twitch EventSub. */
export const twitch = declareProvider({
  name: "twitch",
  title: "Twitch EventSub",
  docs: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
  evidence: {
    kind: "docs",
    source: "https://github.com/twitchdev/eventsub-webhooks-node-sample/blob/main/index.js",
    readOn: "2026-11-21",
    read: "Twitch-Eventsub-Message-Signature: sha256= and HMAC-SHA256 in hex over id, timestamp and raw body",
  },
  toleranceSeconds: 600,
  signature: { header: "Twitch-Eventsub-Message-Signature", prefix: "sha256=" },
  content: [{ header: "Twitch-Eventsub-Message-Id" }, "timestamp", "body"],
  timestamp: { header: "Twitch-Eventsub-Message-Timestamp", unit: "rfc3339" },
  id: { header: "Twitch-Eventsub-Message-Id" },
  type: { header: "Twitch-Eventsub-Subscription-Type" },
  handshakes: [
    {
      signed: true,
      when: [
        {
          header: "Twitch-Eventsub-Message-Type",
          is: "webhook_callback_verification",
        },
      ],
      challenge: { json: "challenge" },
      answer: { text: "{challenge}" },
    },
  ],
});
