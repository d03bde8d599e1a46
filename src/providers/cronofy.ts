import { declareProvider } from "./schemes/declared.ts";

/** Cronofy. */
export const cronofy = declareProvider({
  name: "cronofy",
  title: "Cronofy",
  docs: "https://docs.cronofy.com/developers/push-notifications/authentication/",
  evidence: { kind: "sdk", source: "cronofy@3.8.4" },
  signature: { header: "Cronofy-HMAC-SHA256", separator: ",", encoding: "base64" },
  type: { json: "notification.type" },
});
