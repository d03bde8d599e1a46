import { declareProvider } from "./schemes/declared.ts";

/** SendGrid. */
export const sendgrid = declareProvider({
  name: "sendgrid",
  title: "SendGrid",
  docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
  evidence: { kind: "sdk", source: "@sendgrid/eventwebhook@8.0.0" },
  signature: { header: "X-Twilio-Email-Event-Webhook-Signature", algorithm: "ecdsa-p256-sha256" },
  content: ["timestamp", "body"],
  timestamp: { header: "X-Twilio-Email-Event-Webhook-Timestamp" },
  batch: {
    items: "*",
    id: { json: "sg_event_id" },
    type: { json: "event" },
    time: { json: "timestamp" },
  },
});
