import { declareProvider } from "./schemes/declared.ts";

/** Authorize.Net. */
export const authorizeNet = declareProvider({
  name: "authorize-net",
  title: "Authorize.Net",
  docs: "https://developer.authorize.net/api/reference/features/webhooks.html",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: {
    header: "X-ANET-Signature",
    prefix: "sha512=",
    algorithm: "hmac-sha512",
    key: "hex",
  },
  id: { json: "notificationId" },
  type: { json: "eventType" },
  time: { json: "eventDate", unit: "rfc3339" },
});
