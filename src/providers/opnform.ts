import { declareProvider } from "./schemes/declared.ts";

/** OpnForm. */
export const opnform = declareProvider({
  name: "opnform",
  title: "OpnForm",
  docs: "https://docs.opnform.com/api-reference/integrations/webhook-security",
  evidence: {
    kind: "docs",
    source: "https://docs.opnform.com/api-reference/integrations/webhook-security.md",
    readOn: "2026-11-21",
    read: "X-Webhook-Signature: sha256= and HMAC-SHA256 in hex over the body",
  },
  signature: { header: "X-Webhook-Signature", prefix: "sha256=" },
});
