import { declareProvider } from "./schemes/declared.ts";

/** Linear. */
export const linear = declareProvider({
  name: "linear",
  title: "Linear",
  docs: "https://linear.app/developers/webhooks",
  evidence: { kind: "sdk", source: "@linear/sdk@98.0.0" },
  toleranceSeconds: 60,
  signature: { header: "Linear-Signature" },
  timestamp: { json: "webhookTimestamp", unit: "ms" },
  id: { header: "Linear-Delivery" },
  type: [{ json: "type" }, { json: "action" }],
  time: { json: "createdAt", unit: "rfc3339" },
});
