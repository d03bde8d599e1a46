import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** GitLab (signing token). */
export const gitlabSigning = declareStandardWebhooks({
  name: "gitlab-signing",
  title: "GitLab (signing token)",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  evidence: {
    kind: "docs",
    source: "https://gitlab.com/gitlab-org/gitlab/-/merge_requests/231325",
    readOn: "2026-11-20",
    read: "webhook-id, -timestamp, -signature by Standard Webhooks, secret whsec_ and base64",
  },
  type: { header: "X-Gitlab-Event" },
});
