/**
 * Each event is answered by a module, kept in a bucket, and told to two buses: one that is given, and the account's own. What PayPal sends it is asked about. Buses
 * that no route leads to are there so that their names are too long for a variable, and come by parameters.
 */
import { defineGateway, secret } from "surehook";
import { eventbridge, s3 } from "surehook/destinations";
import { paypal, stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    stripe: stripe({
      path: "/webhook",
      secrets: [secret("STRIPE_WEBHOOK_SECRET")],
      respond: { module: () => import("./answer.ts"), deadlineSeconds: 20 },
    }),
    paypal: paypal({
      path: "/paypal",
      secrets: [secret("PAYPAL_WEBHOOK_ID")],
      verify: "postback",
      clientId: secret("PAYPAL_CLIENT_ID"),
      clientSecret: secret("PAYPAL_CLIENT_SECRET"),
      environment: "sandbox",
    }),
  },
  destinations: {
    kept: s3({ bucket: "kept-events" }),
    told: eventbridge({ bus: "told-events", eventSource: "payments.{source}" }),
    account: eventbridge(),
    spare1: eventbridge({ bus: "told-events" }),
    spare2: eventbridge({ bus: "told-events" }),
    spare3: eventbridge({ bus: "told-events" }),
    spare4: eventbridge({ bus: "told-events" }),
  },
  routes: [
    { to: ["kept", "told"] },
    { types: ["customer.*"], to: "account", form: "cloudevents-structured" },
  ],
});
