import { declareProvider } from "./schemes/declared.ts";

/** Xero. */
export const xero = declareProvider({
  name: "xero",
  title: "Xero",
  docs: "https://developer.xero.com/documentation/guides/webhooks/overview/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "x-xero-signature", encoding: "base64" },
});
