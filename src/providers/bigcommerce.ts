import { declareProvider } from "./schemes/declared.ts";

/** BigCommerce. */
export const bigcommerce = declareProvider({
  name: "bigcommerce",
  title: "BigCommerce",
  docs: "https://developer.bigcommerce.com/docs/integrations/webhooks",
  evidence: {
    kind: "docs",
    source: "https://github.com/bigcommerce/docs (https-webhook-overview.mdx)",
    readOn: "2026-11-20",
    read: "webhook-signature: v1, and HMAC-SHA256 in base64 over id.timestamp.body, keyed by the client secret as it is",
  },
  retries: true,
  signature: { header: "webhook-signature", prefix: "v1,", separator: " ", encoding: "base64" },
  content: [{ header: "webhook-id" }, { literal: "." }, "timestamp", { literal: "." }, "body"],
  timestamp: { header: "webhook-timestamp" },
  id: { header: "webhook-id" },
  type: { json: "scope" },
});
