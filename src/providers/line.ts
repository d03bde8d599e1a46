import { declareProvider } from "./schemes/declared.ts";

/** LINE Messaging API. */
export const line = declareProvider({
  name: "line",
  title: "LINE Messaging API",
  docs: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
  evidence: { kind: "sdk", source: "@line/bot-sdk@11.0.0" },
  signature: { header: "x-line-signature", encoding: "base64" },
  batch: {
    items: "events.*",
    id: { json: "webhookEventId" },
    time: { json: "timestamp", unit: "ms" },
  },
});
