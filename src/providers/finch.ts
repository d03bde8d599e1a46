import { declareProvider } from "./schemes/declared.ts";

/** Finch. */
export const finch = declareProvider({
  name: "finch",
  title: "Finch",
  docs: "https://developer.tryfinch.com/docs/reference/webhooks",
  evidence: {
    kind: "docs",
    source: "https://github.com/Finch-API/finch-api-node/blob/main/src/resources/webhooks.ts",
    readOn: "2026-11-21",
    read: "Finch-Signature: v1, and HMAC-SHA256 in base64 over id.timestamp.body, key in base64",
  },
  signature: {
    header: "Finch-Signature",
    prefix: "v1,",
    separator: " ",
    encoding: "base64",
    key: "base64",
  },
  content: [{ header: "Finch-Event-Id" }, { literal: "." }, "timestamp", { literal: "." }, "body"],
  timestamp: { header: "Finch-Timestamp" },
  id: { header: "Finch-Event-Id" },
  type: { json: "event_type" },
});
