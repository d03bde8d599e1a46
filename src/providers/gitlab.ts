import { declareTokenProvider } from "./schemes/declared-token.ts";

/** GitLab (secret token). */
export const gitlab = declareTokenProvider({
  name: "gitlab",
  title: "GitLab (secret token)",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { header: "X-Gitlab-Token" },
  id: { header: "Idempotency-Key" },
  type: { header: "X-Gitlab-Event" },
});
