import { declareProvider } from "./schemes/declared.ts";

/** Increase. */
export const increase = declareProvider({
  name: "increase",
  title: "Increase",
  docs: "https://increase.com/documentation/webhooks",
  evidence: { kind: "sdk", source: "increase@0.583.0" },
  // The key is the secret as it is, not decoded as Standard Webhooks would have it.
  signature: { header: "webhook-signature", prefix: "v1,", separator: " ", encoding: "base64" },
  content: [{ header: "webhook-id" }, { literal: "." }, "timestamp", { literal: "." }, "body"],
  timestamp: { header: "webhook-timestamp" },
  id: { header: "webhook-id" },
  type: { json: "category" },
});
