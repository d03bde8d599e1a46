import { declareProvider } from "./schemes/declared.ts";

/** Schematic. */
export const schematic = declareProvider({
  name: "schematic",
  title: "Schematic",
  docs: "https://docs.schematichq.com/integrations/webhooks",
  evidence: { kind: "sdk", source: "@schematichq/schematic-typescript-node@1.6.2" },
  signature: { header: "X-Schematic-Webhook-Signature" },
  content: ["body", { literal: "+" }, "timestamp"],
  timestamp: { header: "X-Schematic-Webhook-Timestamp" },
  type: { json: "action" },
});
