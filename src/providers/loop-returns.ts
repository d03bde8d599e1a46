import { declareProvider } from "./schemes/declared.ts";

/** Loop Returns. */
export const loopReturns = declareProvider({
  name: "loop-returns",
  title: "Loop Returns",
  docs: "https://docs.loopreturns.com/webhook-reference/validation",
  evidence: {
    kind: "docs",
    source: "https://docs.loopreturns.com/webhook-reference/validation.md",
    readOn: "2026-11-21",
    read: "X-Loop-Signature: HMAC-SHA256 in base64 over the body",
  },
  signature: { header: "X-Loop-Signature", encoding: "base64" },
});
