import { declareProvider } from "./schemes/declared.ts";

/** Discourse. */
export const discourse = declareProvider({
  name: "discourse",
  title: "Discourse",
  docs: "https://meta.discourse.org/t/configure-webhooks-that-trigger-on-discourse-events/49045",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/discourse/discourse/blob/main/app/jobs/regular/emit_web_hook_event.rb",
    readOn: "2026-11-21",
    read: "X-Discourse-Event-Signature: sha256= and HMAC-SHA256 in hex over the body; its event id is another at each try",
  },
  signature: { header: "X-Discourse-Event-Signature", prefix: "sha256=" },
  type: { header: "X-Discourse-Event" },
});
