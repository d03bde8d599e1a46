import { declareProvider } from "./schemes/declared.ts";

/** Whop. */
export const whop = declareProvider({
  name: "whop",
  title: "Whop",
  docs: "https://docs.whop.com/developer/guides/webhooks",
  evidence: { kind: "sdk", source: "@whop/sdk@0.0.42" },
  // The key is the secret as it is, not decoded as Standard Webhooks would have it.
  signature: { header: "webhook-signature", prefix: "v1,", separator: " ", encoding: "base64" },
  content: [{ header: "webhook-id" }, { literal: "." }, "timestamp", { literal: "." }, "body"],
  timestamp: { header: "webhook-timestamp" },
  id: { header: "webhook-id" },
});
