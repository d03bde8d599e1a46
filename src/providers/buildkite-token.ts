import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Buildkite (token). */
export const buildkiteToken = declareTokenProvider({
  name: "buildkite-token",
  title: "Buildkite (token)",
  docs: "https://buildkite.com/docs/apis/webhooks/pipelines",
  evidence: {
    kind: "docs",
    source: "https://github.com/buildkite/docs/blob/main/pages/apis/webhooks/pipelines.md",
    readOn: "2026-11-21",
    read: "X-Buildkite-Token: the token in plain text; X-Buildkite-Event",
  },
  token: { header: "X-Buildkite-Token" },
  type: { header: "X-Buildkite-Event" },
});
