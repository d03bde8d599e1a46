/** The quickstart: what `npm start` runs. Its secrets are in `.env.local`, made on the first start. */
import { defineGateway, secret } from "surehook";
import { code, http } from "surehook/destinations";
import { github, hmac, shopify, stripe } from "surehook/providers";

const stripeSecrets = [secret("STRIPE_WEBHOOK_SECRET")];

/** Where events go; without it each is logged as a line. */
const forwardUrl = process.env["SUREHOOK_FORWARD_URL"];

export default defineGateway({
  server: { port: 4242 },
  sources: {
    stripe: stripe({ path: "/webhooks/stripe", secrets: stripeSecrets }),
    github: github({ path: "/webhooks/github", secrets: [secret("GITHUB_WEBHOOK_SECRET")] }),
    shopify: shopify({ path: "/webhooks/shopify", secrets: [secret("SHOPIFY_WEBHOOK_SECRET")] }),

    // Two senders on one path: the header that each signs with picks the source.
    sharedStripe: stripe({ path: "/webhook", secrets: stripeSecrets }),
    signed: hmac({
      path: "/webhook",
      header: "x-signature",
      type: { header: "x-event-type" },
      secrets: [secret("SIGNING_SECRET")],
    }),
  },
  destinations: {
    app: forwardUrl
      ? http({
          url: forwardUrl,
          secrets: [secret("SUREHOOK_FORWARD_SECRET")],
          allowPrivate: ["127.0.0.0/8", "::1/128"],
        })
      : code(() => import("./examples/quickstart/log.ts")),
  },
  routes: [{ to: "app" }],
});
