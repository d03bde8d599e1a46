import { declareProvider } from "./schemes/declared.ts";

/** Buildkite. */
export const buildkite = declareProvider({
  name: "buildkite",
  title: "Buildkite",
  docs: "https://buildkite.com/docs/apis/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Buildkite-Signature", prefix: "signature=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "timestamp=" },
  type: { header: "X-Buildkite-Event" },
});
