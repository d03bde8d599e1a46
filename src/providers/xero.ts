import { declareProvider } from "./schemes/declared.ts";

/** Xero. */
export const xero = declareProvider({
  name: "xero",
  title: "Xero",
  docs: "https://developer.xero.com/documentation/guides/webhooks/overview/",
  evidence: {
    kind: "docs",
    source: "https://developer.xero.com/documentation/webhooks/configuring-your-server",
    readOn: "2026-11-21",
    read: "x-xero-signature: HMAC-SHA256 in base64 over the payload, key the webhook signing key; answered within 5 seconds, by no body; 401 to a wrong signature",
  },
  signature: { header: "x-xero-signature", encoding: "base64" },
  // Xero counts an answer with a body as a failure.
  acceptAnswer: { status: 200, body: "" },
  deadlineSeconds: 5,
  retries: true,
  handshakes: [
    {
      signed: true,
      when: [
        { json: "firstEventSequence", is: "0" },
        { json: "lastEventSequence", is: "0" },
        { json: "events.0", absent: true },
      ],
      answer: {},
    },
  ],
  batch: { items: "events.*", type: [{ json: "eventCategory" }, { json: "eventType" }] },
});
