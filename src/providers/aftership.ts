import { declareProvider } from "./schemes/declared.ts";

/** AfterShip Tracking. */
export const aftership = declareProvider({
  name: "aftership",
  title: "AfterShip Tracking",
  docs: "https://www.aftership.com/docs/tracking/webhook/webhook-signature",
  evidence: {
    kind: "docs",
    source: "https://www.aftership.com/docs/tracking/webhook/webhook-signature",
    readOn: "2026-11-21",
    read: "aftership-hmac-sha256: HMAC-SHA256 in base64 over the body",
  },
  signature: { header: "aftership-hmac-sha256", encoding: "base64" },
  type: { json: "event" },
});
