import { declareProvider } from "./schemes/declared.ts";

/** Cashfree. */
export const cashfree = declareProvider({
  name: "cashfree",
  title: "Cashfree",
  docs: "https://www.cashfree.com/docs/payments/subscription/webhook-signature",
  evidence: {
    kind: "docs",
    source: "https://www.cashfree.com/docs/payments/subscription/webhook-signature",
    readOn: "2026-11-21",
    read: "x-webhook-signature: HMAC-SHA256 in base64 over x-webhook-timestamp and body; not in which unit the timestamp is",
  },
  notCovered:
    "the instant's age: it is signed, and since its unit isn't documented no tolerance is held against it",
  signature: { header: "x-webhook-signature", encoding: "base64" },
  content: [{ header: "x-webhook-timestamp" }, "body"],
});
