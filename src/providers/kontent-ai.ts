import { declareProvider } from "./schemes/declared.ts";

/** Kontent.ai. */
export const kontentAi = declareProvider({
  name: "kontent-ai",
  title: "Kontent.ai",
  docs: "https://kontent.ai/learn/docs/webhooks/webhooks/javascript",
  evidence: { kind: "sdk", source: "@kontent-ai/webhook-helper@3.0.3" },
  signature: { header: ["X-Kontent-ai-Signature", "X-KC-Signature"], encoding: "base64" },
});
