import { declareProvider } from "./schemes/declared.ts";

/** Sentry. */
export const sentry = declareProvider({
  name: "sentry",
  title: "Sentry",
  docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/getsentry/integration-platform-example (verify_sentry_signature.py)",
    readOn: "2026-11-20",
    read: "Sentry-Hook-Signature or Sentry-App-Signature: HMAC-SHA256 in hex over the raw body",
  },
  signature: { header: ["Sentry-Hook-Signature", "Sentry-App-Signature"] },
  id: { header: "Request-ID" },
  type: [{ header: "Sentry-Hook-Resource" }, { json: "action" }],
  time: { header: "Sentry-Hook-Timestamp" },
});
