import { declareProvider } from "./schemes/declared.ts";

/** PagerDuty. */
export const pagerduty = declareProvider({
  name: "pagerduty",
  title: "PagerDuty",
  docs: "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
  addresses: "https://support.pagerduty.com/docs/safelist-ips",
  evidence: { kind: "vector", source: "PagerDuty/go-pagerduty webhookv3_test.go" },
  deadlineSeconds: 5,
  retries: true,
  signature: { header: "X-PagerDuty-Signature", prefix: "v1=", separator: "," },
  id: { json: "event.id" },
  type: { json: "event.event_type" },
  time: { json: "event.occurred_at", unit: "rfc3339" },
});
