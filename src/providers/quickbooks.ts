import { declareProvider } from "./schemes/declared.ts";

/** QuickBooks. */
export const quickbooks = declareProvider({
  name: "quickbooks",
  title: "QuickBooks",
  docs: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
  evidence: {
    kind: "docs",
    source: "https://github.com/IntuitDeveloper/SampleApp-Webhooks-nodejs/blob/master/util/util.js",
    readOn: "2026-11-21",
    read: "intuit-signature: HMAC-SHA256 in base64 over the body",
  },
  signature: { header: "intuit-signature", encoding: "base64" },
  // CloudEvents; until May 2026 one notification for each company.
  batch: {
    items: ["*", "eventNotifications.*"],
    id: { json: "id" },
    time: { json: "time", unit: "rfc3339" },
  },
});
