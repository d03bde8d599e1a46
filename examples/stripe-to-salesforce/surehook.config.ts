/** What Stripe tells goes to an Apex REST address of Salesforce, with a token that is seen to by itself. */
import { defineGateway, secret } from "surehook";
import { salesforce } from "surehook/destinations";
import { stripe } from "surehook/providers";

export default defineGateway({
  server: { port: 4242 },
  sources: {
    stripe: stripe({
      path: "/webhook",
      // The second is the one that `stripe listen` prints; both are live at once.
      secrets: [
        secret("STRIPE_ENDPOINT_SECRET", { optional: true }),
        secret("CLI_ENDPOINT_SECRET", { optional: true }),
      ],
    }),
  },
  destinations: {
    crm: salesforce({
      url: secret("SFDC_ENDPOINT"),
      token: {
        grant: "client_credentials",
        loginUrl: secret("SFDC_LOGIN_URL"),
        clientId: secret("SFDC_CLIENT_ID"),
        clientSecret: secret("SFDC_CLIENT_SECRET"),
      },
      // A Salesforce of your own network, or of a test.
      allowPrivate: process.env["SFDC_IS_PRIVATE"] === "true",
    }),
  },
  routes: [{ from: "stripe", to: "crm" }],
});
