import { declareProvider } from "./schemes/declared.ts";

/** Cal.com. */
export const calCom = declareProvider({
  name: "cal-com",
  title: "Cal.com",
  docs: "https://cal.com/docs/developing/guides/automation/webhooks",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/calcom/cal.com/blob/main/packages/features/webhooks/lib/sendPayload.ts",
    readOn: "2026-11-21",
    read: "X-Cal-Signature-256: HMAC-SHA256 in hex over the body; triggerEvent, createdAt",
  },
  signature: { header: "X-Cal-Signature-256" },
  type: { json: "triggerEvent" },
  time: { json: "createdAt", unit: "rfc3339" },
});
