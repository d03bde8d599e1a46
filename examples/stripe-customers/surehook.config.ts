/** New customers of Stripe, each an item of a table. */
import { defineGateway, secret } from "surehook";
import { dynamodb } from "surehook/destinations";
import { stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    stripe: stripe({ path: "/webhook", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }),
  },
  destinations: {
    customers: dynamodb({
      table: "Customers",
      key: ["id"],
      mapping: {
        id: "data.object.id",
        name: "data.object.name",
        email: "data.object.email",
        created: "data.object.created",
      },
    }),
  },
  routes: [{ from: "stripe", types: ["customer.created"], to: "customers" }],
});
