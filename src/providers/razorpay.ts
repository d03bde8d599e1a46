import { declareProvider } from "./schemes/declared.ts";

/** Razorpay. */
export const razorpay = declareProvider({
  name: "razorpay",
  title: "Razorpay",
  docs: "https://razorpay.com/docs/webhooks/validate-test/",
  evidence: { kind: "sdk", source: "razorpay@2.9.8" },
  signature: { header: "X-Razorpay-Signature" },
  id: { header: "x-razorpay-event-id" },
  type: { json: "event" },
  time: { json: "created_at" },
});
