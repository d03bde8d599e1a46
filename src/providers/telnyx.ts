import { declareProvider } from "./schemes/declared.ts";

/** Telnyx. */
export const telnyx = declareProvider({
  name: "telnyx",
  title: "Telnyx",
  docs: "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks",
  evidence: { kind: "sdk", source: "telnyx@7.24.0" },
  signature: { header: "telnyx-signature-ed25519", algorithm: "ed25519", encoding: "base64" },
  content: ["timestamp", { literal: "|" }, "body"],
  timestamp: { header: "telnyx-timestamp" },
  id: { json: "data.id" },
  type: { json: "data.event_type" },
  time: { json: "data.occurred_at", unit: "rfc3339" },
});
