import { declareProvider } from "./schemes/declared.ts";

/** Chargily Pay. */
export const chargily = declareProvider({
  name: "chargily",
  title: "Chargily Pay",
  docs: "https://dev.chargily.com/pay-v2/webhooks",
  evidence: { kind: "sdk", source: "@chargily/chargily-pay@2.1.0" },
  signature: { header: "signature" },
  id: { json: "id" },
  time: { json: "created_at" },
});
