import { declareProvider } from "./schemes/declared.ts";

/** DocuSign Connect. */
export const docusign = declareProvider({
  name: "docusign",
  title: "DocuSign Connect",
  docs: "https://developers.docusign.com/platform/webhooks/connect/hmac/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: {
    header: Array.from({ length: 100 }, (_, at) => `X-DocuSign-Signature-${at + 1}`),
    encoding: "base64",
  },
  type: { json: "event" },
  time: { json: "generatedDateTime", unit: "rfc3339" },
});
