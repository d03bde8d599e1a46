import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Clerk. */
export const clerk = declareStandardWebhooks({
  name: "clerk",
  title: "Clerk",
  docs: "https://clerk.com/docs/guides/development/webhooks/overview",
  evidence: { kind: "sdk", source: "@clerk/backend@1.34.0" },
  deadlineSeconds: 15,
  retries: true,
  prefixes: ["svix", "webhook"],
});
