import { declareProvider } from "./schemes/declared.ts";

/** Sinch Conversation. */
export const sinch = declareProvider({
  name: "sinch",
  title: "Sinch Conversation",
  docs: "https://developers.sinch.com/docs/conversation/callbacks/",
  evidence: { kind: "sdk", source: "@sinch/sdk-core@1.4.0" },
  signature: { header: "x-sinch-webhook-signature", encoding: "base64" },
  content: [
    "body",
    { literal: "." },
    { header: "x-sinch-webhook-signature-nonce" },
    { literal: "." },
    "timestamp",
  ],
  timestamp: { header: "x-sinch-webhook-signature-timestamp" },
  time: { json: "event_time", unit: "rfc3339" },
});
