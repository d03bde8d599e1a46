import { declareProvider } from "./schemes/declared.ts";

/** Modern Treasury. */
export const modernTreasury = declareProvider({
  name: "modern-treasury",
  title: "Modern Treasury",
  docs: "https://docs.moderntreasury.com/platform/docs/webhooks",
  evidence: { kind: "sdk", source: "modern-treasury@3.3.0" },
  signature: { header: "X-Signature" },
  type: { json: "event" },
});
