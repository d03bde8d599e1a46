import { declareProvider } from "./schemes/declared.ts";

/** Gr4vy. */
export const gr4vy = declareProvider({
  name: "gr4vy",
  title: "Gr4vy",
  docs: "https://docs.gr4vy.com/guides/features/webhooks",
  evidence: { kind: "sdk", source: "@gr4vy/sdk@1.10.18" },
  signature: { header: "X-Gr4vy-Webhook-Signatures", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { header: "X-Gr4vy-Webhook-Timestamp" },
  id: { json: "id" },
  time: { json: "created_at", unit: "rfc3339" },
});
