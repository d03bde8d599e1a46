import { declareProvider } from "./schemes/declared.ts";

/** Cloudflare Stream. */
export const cloudflareStream = declareProvider({
  name: "cloudflare-stream",
  title: "Cloudflare Stream",
  docs: "https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/cloudflare/cloudflare-docs/blob/production/src/content/docs/stream/manage-video-library/using-webhooks.mdx",
    readOn: "2026-11-21",
    read: "Webhook-Signature: time= in seconds and sig1=, HMAC-SHA256 in hex over time.body",
  },
  signature: { header: "Webhook-Signature", prefix: "sig1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "time=" },
  type: { json: "status.state" },
  time: { json: "modified", unit: "rfc3339" },
});
