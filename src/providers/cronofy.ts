import { declareProvider } from "./schemes/declared.ts";

/** Cronofy. */
export const cronofy = declareProvider({
  name: "cronofy",
  title: "Cronofy",
  docs: "https://docs.cronofy.com/developers/push-notifications/authentication/",
  evidence: {
    kind: "docs",
    source: "https://github.com/cronofy/cronofy-ruby/blob/master/lib/cronofy/client.rb",
    readOn: "2026-11-21",
    read: "Cronofy-HMAC-SHA256: a comma-separated list of HMAC-SHA256 in base64 over the body, key the client secret",
  },
  signature: { header: "Cronofy-HMAC-SHA256", separator: ",", encoding: "base64" },
  type: { json: "notification.type" },
});
