import { declareProvider } from "./schemes/declared.ts";

/** Coinbase Commerce. */
export const coinbaseCommerce = declareProvider({
  name: "coinbase-commerce",
  title: "Coinbase Commerce",
  docs: "https://docs.cdp.coinbase.com/commerce/webhooks",
  evidence: { kind: "sdk", source: "coinbase-commerce-node@1.0.4" },
  signature: { header: "X-CC-Webhook-Signature" },
  id: { json: "event.id" },
  type: { json: "event.type" },
  time: { json: "event.created_at", unit: "rfc3339" },
});
