import { declareProvider } from "./schemes/declared.ts";

/** Saleor. Of webhooks with a secret; without one Saleor signs by a JWS. */
export const saleor = declareProvider({
  name: "saleor",
  title: "Saleor",
  docs: "https://docs.saleor.io/developer/extending/webhooks/payload-signature",
  evidence: {
    kind: "docs",
    source: "https://github.com/saleor/saleor/blob/main/saleor/webhook/transport/__init__.py",
    readOn: "2026-11-21",
    read: "Saleor-Signature, also as X-Saleor-Signature: HMAC-SHA256 in hex over the body, where the webhook has a secret; Saleor-Event",
  },
  signature: { header: ["Saleor-Signature", "X-Saleor-Signature"] },
  type: { header: "Saleor-Event" },
});
