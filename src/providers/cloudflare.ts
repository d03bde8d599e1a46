import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Cloudflare notifications. */
export const cloudflare = declareTokenProvider({
  name: "cloudflare",
  title: "Cloudflare notifications",
  docs: "https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/cloudflare/cloudflare-docs/blob/production/src/content/docs/notifications/get-started/configure-webhooks.mdx",
    readOn: "2026-11-21",
    read: "cf-webhook-auth: the secret as it was given",
  },
  addresses: "https://www.cloudflare.com/ips/",
  token: { header: "cf-webhook-auth" },
  type: { json: "alert_type" },
  time: { json: "ts" },
});
