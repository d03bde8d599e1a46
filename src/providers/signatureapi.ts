import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** SignatureAPI. */
export const signatureapi = declareStandardWebhooks({
  name: "signatureapi",
  title: "SignatureAPI",
  docs: "https://signatureapi.com/docs/api/guides/how-to/verify-webhooks",
  evidence: {
    kind: "docs",
    source: "https://signatureapi.com/docs/api/guides/how-to/verify-webhooks",
    readOn: "2026-11-21",
    read: "Standard Webhooks: three headers, whsec_ secret, v1 over id.timestamp.body",
  },
});
