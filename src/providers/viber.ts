import { declareProvider } from "./schemes/declared.ts";

/** Viber bots. */
export const viber = declareProvider({
  name: "viber",
  title: "Viber bots",
  docs: "https://developers.viber.com/docs/api/rest-bot-api/#callbacks",
  evidence: { kind: "sdk", source: "viber-bot@1.0.18" },
  signature: { header: "X-Viber-Content-Signature" },
  type: { json: "event" },
  time: { json: "timestamp", unit: "ms" },
});
