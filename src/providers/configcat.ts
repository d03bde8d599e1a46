import { declareProvider } from "./schemes/declared.ts";

/** ConfigCat. Its id is another for every request, so that it recognises nothing. */
export const configcat = declareProvider({
  name: "configcat",
  title: "ConfigCat",
  docs: "https://configcat.com/docs/advanced/notifications-webhooks/",
  evidence: { kind: "vector", source: "configcat/docs notifications-webhooks.mdx" },
  retries: true,
  signature: { header: "X-ConfigCat-Webhook-Signature-V1", separator: ",", encoding: "base64" },
  content: [{ header: "X-ConfigCat-Webhook-ID" }, "timestamp", "body"],
  timestamp: { header: "X-ConfigCat-Webhook-Timestamp" },
});
