import { declareProvider } from "./schemes/declared.ts";

/** Buildkite. */
export const buildkite = declareProvider({
  name: "buildkite",
  title: "Buildkite",
  docs: "https://buildkite.com/docs/apis/webhooks",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/buildkite/docs/blob/main/pages/apis/webhooks/_verifying_hmac_signatures.md",
    readOn: "2026-11-21",
    read: "X-Buildkite-Signature: timestamp= and signature=, HMAC-SHA256 in hex over timestamp.body",
  },
  signature: { header: "X-Buildkite-Signature", prefix: "signature=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "timestamp=" },
  type: { header: "X-Buildkite-Event" },
});
