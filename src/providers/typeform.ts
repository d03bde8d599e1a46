import { declareProvider } from "./schemes/declared.ts";

/** Typeform. */
export const typeform = declareProvider({
  name: "typeform",
  title: "Typeform",
  docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  evidence: {
    kind: "docs",
    source: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    readOn: "2026-11-21",
    read: "Typeform-Signature: sha256= and HMAC-SHA256 in base64 over the body",
  },
  signature: { header: "Typeform-Signature", prefix: "sha256=", encoding: "base64" },
  id: { json: "event_id" },
  type: { json: "event_type" },
  time: { json: "form_response.submitted_at", unit: "rfc3339" },
});
