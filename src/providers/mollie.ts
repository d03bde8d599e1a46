import { declareProvider } from "./schemes/declared.ts";

/** Mollie. */
export const mollie = declareProvider({
  name: "mollie",
  title: "Mollie",
  docs: "https://docs.mollie.com/reference/webhooks-new",
  evidence: {
    kind: "docs",
    source: "https://github.com/mollie/mollie-api-php (SignatureValidator.php)",
    readOn: "2026-11-20",
    read: "X-Mollie-Signature, which may be repeated: sha256= and HMAC-SHA256 in hex over the raw body",
  },
  signature: { header: "X-Mollie-Signature", prefix: "sha256=" },
  id: { json: "id" },
});
