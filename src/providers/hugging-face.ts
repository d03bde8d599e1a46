import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Hugging Face. */
export const huggingFace = declareTokenProvider({
  name: "hugging-face",
  title: "Hugging Face",
  docs: "https://huggingface.co/docs/hub/webhooks",
  evidence: {
    kind: "docs",
    source: "https://github.com/huggingface/hub-docs/blob/main/docs/hub/webhooks.md",
    readOn: "2026-11-21",
    read: "X-Webhook-Secret: the secret as it was given; event.scope, event.action",
  },
  token: { header: "X-Webhook-Secret" },
  type: [{ json: "event.scope" }, { json: "event.action" }],
});
