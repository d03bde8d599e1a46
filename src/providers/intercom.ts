import { declareProvider } from "./schemes/declared.ts";

/** Intercom. */
export const intercom = declareProvider({
  name: "intercom",
  title: "Intercom",
  docs: "https://developers.intercom.com/docs/webhooks",
  evidence: {
    kind: "docs",
    source: "https://github.com/intercom/intercom-webhooks",
    readOn: "2026-11-20",
    read: "X-Hub-Signature: sha1= and HMAC-SHA1 in hex over the raw body",
  },
  signature: { header: "X-Hub-Signature", prefix: "sha1=", algorithm: "hmac-sha1" },
  id: { json: "id" },
  type: { json: "topic" },
  time: { json: "created_at" },
});
