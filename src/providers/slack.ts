import { declareProvider } from "./schemes/declared.ts";

/** Slack. */
export const slack = declareProvider({
  name: "slack",
  title: "Slack",
  docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  evidence: { kind: "sdk", source: "@slack/bolt@5.1.0" },
  deadlineSeconds: 3,
  signature: { header: "X-Slack-Signature", prefix: "v0=" },
  content: [{ literal: "v0:" }, "timestamp", { literal: ":" }, "body"],
  timestamp: { header: "X-Slack-Request-Timestamp" },
  id: { json: "event_id" },
  type: { json: "event.type" },
  time: { json: "event_time" },
  handshakes: [
    {
      signed: true,
      when: [{ json: "type", is: "url_verification" }],
      challenge: { json: "challenge" },
      answer: { text: "{challenge}" },
    },
  ],
});
