import { declareProvider } from "./schemes/declared.ts";

/** Cal.com. */
export const calCom = declareProvider({
  name: "cal-com",
  title: "Cal.com",
  docs: "https://cal.com/docs/developing/guides/automation/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Cal-Signature-256" },
  type: { json: "triggerEvent" },
  time: { json: "createdAt", unit: "rfc3339" },
});
