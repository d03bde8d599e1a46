import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Resend. */
export const resend = declareStandardWebhooks({
  name: "resend",
  title: "Resend",
  docs: "https://resend.com/docs/webhooks/verify-webhooks-requests",
  evidence: { kind: "sdk", source: "resend@6.38.0" },
  prefixes: ["svix", "webhook"],
});
