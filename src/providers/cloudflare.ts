import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Cloudflare notifications. */
export const cloudflare = declareTokenProvider({
  name: "cloudflare",
  title: "Cloudflare notifications",
  docs: "https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { header: "cf-webhook-auth" },
  type: { json: "alert_type" },
  time: { json: "ts" },
});
