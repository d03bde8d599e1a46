import { declareProvider } from "./schemes/declared.ts";
import { type LearnOptions, learnSettings } from "./schemes/handshakes.ts";

/** Asana. */
export const asana = declareProvider<LearnOptions>({
  name: "asana",
  title: "Asana",
  docs: "https://developers.asana.com/docs/webhooks-guide",
  evidence: {
    kind: "docs",
    source: "https://github.com/Asana/devrel-examples (javascript/webhooks-nodejs)",
    readOn: "2026-11-20",
    read: "X-Hook-Signature: HMAC-SHA256 in hex over the body",
  },
  signature: { header: "X-Hook-Signature" },
  handshakes: [
    {
      challenge: { header: "X-Hook-Secret" },
      form: /^[\x21-\x7e]{16,256}$/,
      learn: true,
      answer: { headers: { "X-Hook-Secret": "{challenge}" } },
    },
  ],
  settings: learnSettings,
  batch: {
    items: "events.*",
    type: [{ json: "resource.resource_type" }, { json: "action" }],
    time: { json: "created_at", unit: "rfc3339" },
  },
});
