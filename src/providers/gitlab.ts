import { declareTokenProvider } from "./schemes/declared-token.ts";

/** GitLab (secret token). */
export const gitlab = declareTokenProvider({
  name: "gitlab",
  title: "GitLab (secret token)",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/gitlabhq/gitlabhq/blob/master/doc/user/project/integrations/webhooks.md",
    readOn: "2026-11-21",
    read: "X-Gitlab-Token: the secret token as it was given; X-Gitlab-Event",
  },
  token: { header: "X-Gitlab-Token" },
  id: { header: "Idempotency-Key" },
  type: { header: "X-Gitlab-Event" },
});
