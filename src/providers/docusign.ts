import { declareProvider } from "./schemes/declared.ts";

/** DocuSign Connect. */
export const docusign = declareProvider({
  name: "docusign",
  title: "DocuSign Connect",
  docs: "https://developers.docusign.com/platform/webhooks/connect/hmac/",
  evidence: {
    kind: "docs",
    source: "https://developers.docusign.com/docs/platform/webhooks/connect/validate",
    readOn: "2026-11-21",
    read: "x-docusign-signature headers, one for each key: HMAC-SHA256 in base64 over the whole body, line ends included",
  },
  signature: {
    header: Array.from({ length: 100 }, (_, at) => `X-DocuSign-Signature-${at + 1}`),
    encoding: "base64",
  },
  type: { json: "event" },
  time: { json: "generatedDateTime", unit: "rfc3339" },
});
