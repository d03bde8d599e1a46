import { declareProvider } from "./schemes/declared.ts";

/** Ghost. */
export const ghost = declareProvider({
  name: "ghost",
  title: "Ghost",
  docs: "https://docs.ghost.org/webhooks",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/TryGhost/Ghost/blob/main/ghost/core/core/server/services/webhooks/WebhookTrigger.js",
    readOn: "2026-11-21",
    read: "X-Ghost-Signature: sha256= and t= in milliseconds, HMAC-SHA256 in hex over body and t; 2 seconds; up to 5 more tries",
  },
  deadlineSeconds: 2,
  retries: true,
  signature: { header: "X-Ghost-Signature", prefix: "sha256=", separator: "," },
  content: ["body", "timestamp"],
  timestamp: { prefix: "t=", unit: "ms" },
  type: { json: "event" },
});
