import { declareProvider } from "./schemes/declared.ts";

/** Adyen Platform. */
export const adyenPlatform = declareProvider({
  name: "adyen-platform",
  title: "Adyen Platform",
  docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/",
  evidence: { kind: "sdk", source: "@adyen/api-library@32.1.0" },
  signature: { header: "HmacSignature", encoding: "base64", key: "hex" },
  time: { json: "timestamp", unit: "rfc3339" },
});
