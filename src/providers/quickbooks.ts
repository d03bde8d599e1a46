import { declareProvider } from "./schemes/declared.ts";

/** QuickBooks. */
export const quickbooks = declareProvider({
  name: "quickbooks",
  title: "QuickBooks",
  docs: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "intuit-signature", encoding: "base64" },
});
