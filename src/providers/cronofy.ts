import { declareProvider } from "./schemes/declared.ts";

/** Cronofy. */
export const cronofy = declareProvider({
  name: "cronofy",
  title: "Cronofy",
  docs: "https://docs.cronofy.com/developers/push-notifications/authentication/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Cronofy-HMAC-SHA256", separator: ",", encoding: "base64" },
  type: { json: "notification.type" },
});
