import { declareProvider } from "./schemes/declared.ts";

/** Cashfree. */
export const cashfree = declareProvider({
  name: "cashfree",
  title: "Cashfree",
  docs: "https://www.cashfree.com/docs/payments/subscription/webhook-signature",
  evidence: {
    kind: "docs",
    source:
      "https://www.cashfree.com/docs/api-reference/prepaid-payment-instruments/webhook-signature-verification",
    readOn: "2026-11-21",
    read: "x-webhook-signature: HMAC-SHA256 in base64 over x-webhook-timestamp (13 digits in its example) and the raw body",
  },
  signature: { header: "x-webhook-signature", encoding: "base64" },
  content: ["timestamp", "body"],
  timestamp: { header: "x-webhook-timestamp", unit: "ms" },
});
