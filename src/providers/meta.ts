import { declareProvider } from "./schemes/declared.ts";

/** Meta (WhatsApp, Instagram, Messenger, Pages). */
export const meta = declareProvider({
  name: "meta",
  title: "Meta (WhatsApp, Instagram, Messenger, Pages)",
  docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  evidence: {
    kind: "unconfirmed",
    source:
      "fbsamples/original-coast-clothing has the older SHA-1 header; the -256 one from public registries of senders",
  },
  signature: { header: "X-Hub-Signature-256", prefix: "sha256=" },
  type: { json: "object" },
});
