import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Chargebee. */
export const chargebee = declareTokenProvider({
  name: "chargebee",
  title: "Chargebee",
  docs: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
  evidence: { kind: "sdk", source: "chargebee@3.33.0" },
  token: { basic: true },
  id: { json: "id" },
  type: { json: "event_type" },
  time: { json: "occurred_at" },
});
