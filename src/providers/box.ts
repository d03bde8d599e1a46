import { declareProvider } from "./schemes/declared.ts";

/** Box. The body's id is the event's; BOX-DELIVERY-ID is another at each try. */
export const box = declareProvider({
  name: "box",
  title: "Box",
  docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
  evidence: { kind: "sdk", source: "box-node-sdk@3.8.2" },
  deadlineSeconds: 30,
  retries: true,
  toleranceSeconds: 600,
  signature: { header: ["BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY"], encoding: "base64" },
  content: ["body", "timestamp"],
  timestamp: { header: "BOX-DELIVERY-TIMESTAMP", unit: "rfc3339" },
  id: { json: "id" },
  type: { json: "trigger" },
  time: { json: "created_at", unit: "rfc3339" },
});
