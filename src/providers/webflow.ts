import { declareProvider } from "./schemes/declared.ts";

/** Webflow. */
export const webflow = declareProvider({
  name: "webflow",
  title: "Webflow",
  docs: "https://developers.webflow.com/data/docs/working-with-webhooks",
  evidence: { kind: "sdk", source: "webflow-api@3.3.4" },
  signature: { header: "x-webflow-signature" },
  content: ["timestamp", { literal: ":" }, "body"],
  timestamp: { header: "x-webflow-timestamp", unit: "ms" },
  type: { json: "triggerType" },
});
