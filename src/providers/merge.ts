import { declareProvider } from "./schemes/declared.ts";

/** Merge. */
export const merge = declareProvider({
  name: "merge",
  title: "Merge",
  docs: "https://docs.merge.dev/basics/webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Merge-Webhook-Signature", encoding: "base64url" },
  type: { json: "hook.event" },
});
