import { declareProvider } from "./schemes/declared.ts";

/** Retell AI. */
export const retell = declareProvider({
  name: "retell",
  title: "Retell AI",
  docs: "https://docs.retellai.com/features/secure-webhook",
  evidence: { kind: "sdk", source: "retell-sdk@5.66.1" },
  signature: { header: "x-retell-signature", prefix: "d=", separator: "," },
  content: ["body", "timestamp"],
  timestamp: { prefix: "v=", unit: "ms" },
  type: { json: "event" },
});
