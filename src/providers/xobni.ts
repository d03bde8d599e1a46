import { declareProvider } from "./schemes/declared.ts";

/** Xobni. */
export const xobni = declareProvider({
  name: "xobni",
  title: "Xobni",
  docs: "https://www.xobni.ai/docs/webhooks/security",
  evidence: {
    kind: "docs",
    source: "https://www.xobni.ai/docs/webhooks/security",
    readOn: "2026-11-21",
    read: "X-Xobni-Signature: sha256= and HMAC-SHA256 in hex over timestamp.body; X-Xobni-Timestamp in seconds; X-Xobni-Delivery, X-Xobni-Event",
  },
  signature: { header: "X-Xobni-Signature", prefix: "sha256=" },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { header: "X-Xobni-Timestamp" },
  id: { header: "X-Xobni-Delivery" },
  type: { header: "X-Xobni-Event" },
});
