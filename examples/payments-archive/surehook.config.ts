/** Payment webhooks of three senders go to a table; what can't be written there, to an archive. */
import { defineGateway, secret } from "surehook";
import { dynamodb } from "surehook/destinations";
import { paypal, square, stripe } from "surehook/providers";

export default defineGateway({
  // Square signs its own address. Deployed, it is the API's; on one machine: where Square posts to.
  publicUrl: process.env["PUBLIC_URL"],
  sources: {
    stripe: stripe({
      path: "/stripe",
      secrets: [secret("STRIPE_WEBHOOK_SECRET", { optional: true })],
      authorizer: true,
    }),
    paypal: paypal({
      path: "/paypal",
      secrets: [secret("PAYPAL_WEBHOOK_ID", { optional: true })],
      authorizer: true,
    }),
    square: square({
      path: "/square",
      secrets: [secret("SQUARE_SIGNATURE_KEY", { optional: true })],
      authorizer: true,
    }),
  },
  destinations: {
    table: dynamodb({ table: "WebhookEvents", payloadBucket: "webhook-payloads" }),
  },
  routes: [{ to: "table" }],
});
