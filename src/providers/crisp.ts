import { declareProvider } from "./schemes/declared.ts";

/** Crisp. */
export const crisp = declareProvider({
  name: "crisp",
  title: "Crisp",
  docs: "https://docs.crisp.chat/references/web-hooks/v1/",
  evidence: { kind: "sdk", source: "crisp-api@11.3.0" },
  signature: { header: "X-Crisp-Signature" },
  content: [{ literal: "[" }, "timestamp", { literal: ";" }, "body", { literal: "]" }],
  timestamp: { header: "X-Crisp-Request-Timestamp", unit: "ms" },
  type: { json: "event" },
});
