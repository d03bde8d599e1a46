import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Hugging Face. */
export const huggingFace = declareTokenProvider({
  name: "hugging-face",
  title: "Hugging Face",
  docs: "https://huggingface.co/docs/hub/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { header: "X-Webhook-Secret" },
  type: [{ json: "event.scope" }, { json: "event.action" }],
});
