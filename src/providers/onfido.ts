import { declareProvider } from "./schemes/declared.ts";

/** Onfido. */
export const onfido = declareProvider({
  name: "onfido",
  title: "Onfido",
  docs: "https://documentation.onfido.com/#webhooks",
  evidence: { kind: "sdk", source: "@onfido/api@6.2.0" },
  signature: { header: "X-SHA2-Signature" },
  type: { json: "payload.action" },
});
