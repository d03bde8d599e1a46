import { declareProvider } from "./schemes/declared.ts";

/** Finch. */
export const finch = declareProvider({
  name: "finch",
  title: "Finch",
  docs: "https://developer.tryfinch.com/docs/reference/webhooks",
  evidence: { kind: "sdk", source: "@tryfinch/finch-api@10.7.0" },
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
