import { declareProvider } from "./schemes/declared.ts";

/** CircleCI. */
export const circleci = declareProvider({
  name: "circleci",
  title: "CircleCI",
  docs: "https://circleci.com/docs/outbound-webhooks/",
  evidence: { kind: "vector", source: "circleci/circleci-docs outbound-webhooks.adoc" },
  deadlineSeconds: 10,
  retries: true,
  signature: { header: "circleci-signature", prefix: "v1=", separator: "," },
  id: { json: "id" },
  time: { json: "happened_at", unit: "rfc3339" },
});
