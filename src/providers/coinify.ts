import { declareProvider } from "./schemes/declared.ts";

/** Coinify. */
export const coinify = declareProvider({
  name: "coinify",
  title: "Coinify",
  docs: "https://coinify.readme.io/docs/webhook-signature",
  evidence: { kind: "vector", source: "coinify.readme.io/docs/webhook-signature, its example" },
  signature: { header: "x-coinify-webhook-signature" },
  type: { json: "event" },
});
