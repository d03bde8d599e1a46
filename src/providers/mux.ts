import { declareProvider } from "./schemes/declared.ts";

/** Mux. */
export const mux = declareProvider({
  name: "mux",
  title: "Mux",
  docs: "https://www.mux.com/docs/core/verify-webhook-signatures",
  evidence: { kind: "sdk", source: "@mux/mux-node@15.3.0" },
  signature: { header: "mux-signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
  id: { json: "id" },
  time: { json: "created_at", unit: "rfc3339" },
});
