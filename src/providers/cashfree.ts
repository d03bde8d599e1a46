import { declareProvider } from "./schemes/declared.ts";

/** Cashfree. */
export const cashfree = declareProvider({
  name: "cashfree",
  title: "Cashfree",
  docs: "https://www.cashfree.com/docs/payments/subscription/webhook-signature",
  evidence: { kind: "sdk", source: "cashfree-pg@6.0.6" },
  signature: { header: "x-webhook-signature", encoding: "base64" },
  content: ["timestamp", "body"],
  timestamp: { header: "x-webhook-timestamp", unit: "ms" },
});
