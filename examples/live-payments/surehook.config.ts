/** Payments, shown to everyone who looks: what Stripe or a shop posts goes to every open WebSocket. */
import { defineGateway, secret } from "surehook";
import { websocket } from "surehook/destinations";
import { hmac, stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    // One address serves both: the header that is there picks the source.
    stripe: stripe({
      path: "/webhook",
      secrets: [secret("STRIPE_ENDPOINT_SECRET", { optional: true })],
      toleranceSeconds: Number(process.env["STRIPE_TOLERANCE_SECONDS"] ?? 300),
    }),
    shop: hmac({
      path: "/webhook",
      header: "x-signature",
      type: { header: "x-event-type" },
      secrets: [secret("SIGNING_SECRET", { optional: true })],
      // Its events have no id: a second equal one is another payment.
      dedupeSeconds: 0,
    }),
  },
  destinations: {
    screens: websocket({ path: "/live", open: true }),
  },
  routes: [{ to: "screens" }],
});
