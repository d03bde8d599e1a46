import { declareProvider } from "./schemes/declared.ts";

/** Emailit. */
export const emailit = declareProvider({
  name: "emailit",
  title: "Emailit",
  docs: "https://emailit.com/docs/webhooks/request-signature/",
  evidence: {
    kind: "docs",
    source: "https://emailit.com/docs/webhooks/request-signature/",
    readOn: "2026-11-21",
    read: "X-Emailit-Signature: HMAC-SHA256 in hex over timestamp.body; X-Emailit-Timestamp, a Unix timestamp",
  },
  signature: { header: "X-Emailit-Signature" },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { header: "X-Emailit-Timestamp" },
  batch: { items: "*", id: { json: "event_id" } },
});
