import { declareProvider } from "./schemes/declared.ts";

/** Typeform. */
export const typeform = declareProvider({
  name: "typeform",
  title: "Typeform",
  docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Typeform-Signature", prefix: "sha256=", encoding: "base64" },
  id: { json: "event_id" },
  type: { json: "event_type" },
  time: { json: "form_response.submitted_at", unit: "rfc3339" },
});
