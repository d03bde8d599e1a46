import { declareProvider } from "./schemes/declared.ts";

/** AI Inbx. */
export const aiinbx = declareProvider({
  name: "aiinbx",
  title: "AI Inbx",
  docs: "https://docs.aiinbx.com/webhooks/verifying",
  evidence: {
    kind: "docs",
    source: "https://docs.aiinbx.com/webhooks/verifying.md",
    readOn: "2026-11-21",
    read: "AIInbx-Signature: t= and v1=, HMAC-SHA256 in hex over t.body",
  },
  signature: { header: "AIInbx-Signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
});
