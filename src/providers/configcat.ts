import { declareProvider } from "./schemes/declared.ts";

/** ConfigCat. */
export const configcat = declareProvider({
  name: "configcat",
  title: "ConfigCat",
  docs: "https://configcat.com/docs/advanced/notifications-webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-ConfigCat-Webhook-Signature-V1", separator: ",", encoding: "base64" },
  content: [{ header: "X-ConfigCat-Webhook-ID" }, "timestamp", "body"],
  timestamp: { header: "X-ConfigCat-Webhook-Timestamp" },
  id: { header: "X-ConfigCat-Webhook-ID" },
});
