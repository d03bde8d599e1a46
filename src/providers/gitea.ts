import { declareProvider } from "./schemes/declared.ts";

/** Gitea. Of hooks of content type JSON: in a form, Gitea signs the field and not the body. */
export const gitea = declareProvider({
  name: "gitea",
  title: "Gitea",
  docs: "https://docs.gitea.com/usage/repository/webhooks",
  evidence: {
    kind: "docs",
    source: "https://github.com/go-gitea/gitea/blob/main/services/webhook/deliver.go",
    readOn: "2026-11-21",
    read: "X-Gitea-Signature: HMAC-SHA256 in hex over the JSON; X-Gitea-Delivery, X-Gitea-Event-Type",
  },
  signature: { header: "X-Gitea-Signature" },
  id: { header: "X-Gitea-Delivery" },
  type: { header: "X-Gitea-Event-Type" },
});
