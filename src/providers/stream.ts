import { declareProvider } from "./schemes/declared.ts";

/** Stream (chat, video, feeds). */
export const stream = declareProvider({
  name: "stream",
  title: "Stream (chat, video, feeds)",
  docs: "https://getstream.io/chat/docs/node/webhooks_overview/",
  evidence: { kind: "sdk", source: "stream-chat@9.53.0" },
  signature: { header: "X-Signature" },
  id: { header: "X-Webhook-Id" },
  time: { json: "created_at", unit: "rfc3339" },
});
