import { declareProvider } from "./schemes/declared.ts";

/** Knock. */
export const knock = declareProvider({
  name: "knock",
  title: "Knock",
  docs: "https://docs.knock.app/developer-tools/outbound-webhooks/overview",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/knocklabs/docs/blob/main/content/developer-tools/outbound-webhooks/overview.mdx",
    readOn: "2026-11-21",
    read: "x-knock-signature: t= in milliseconds and s=, HMAC-SHA256 in base64 over timestamp.body",
  },
  addresses: "https://docs.knock.app/developer-tools/outbound-webhooks/overview",
  retries: true,
  signature: { header: "x-knock-signature", prefix: "s=", separator: ",", encoding: "base64" },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=", unit: "ms" },
  time: { json: "created_at", unit: "rfc3339" },
});
