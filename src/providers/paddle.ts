import { declareProvider } from "./schemes/declared.ts";

/** Paddle Billing. */
export const paddle = declareProvider({
  name: "paddle",
  title: "Paddle Billing",
  docs: "https://developer.paddle.com/webhooks/signature-verification",
  evidence: { kind: "sdk", source: "@paddle/paddle-node-sdk@3.10.0" },
  addresses: "https://developer.paddle.com/webhooks/respond-to-webhooks",
  deadlineSeconds: 5,
  retries: true,
  signature: { header: "Paddle-Signature", prefix: "h1=", separator: ";" },
  content: ["timestamp", { literal: ":" }, "body"],
  timestamp: { prefix: "ts=" },
  id: { json: "event_id" },
  type: { json: "event_type" },
  time: { json: "occurred_at", unit: "rfc3339" },
});
