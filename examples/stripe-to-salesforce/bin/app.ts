import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { StripeToSalesforce } from "../stripe-to-salesforce.ts";

const app = new App();
const suffix: string = app.node.tryGetContext("environmentSuffix") ?? "dev";
const isPrivate: string = app.node.tryGetContext("salesforceIsPrivate") ?? "false";
new StripeToSalesforce(app, "StripeToSalesforce", {
  entry: join(import.meta.dirname, "..", "surehook.config.ts"),
  stripeSecretsName: process.env["STRIPE_SECRETS_NAME"] ?? `${suffix}/surehook-stripe-secrets`,
  environment: { SFDC_IS_PRIVATE: isPrivate },
  stackName: `StripeToSalesforce-${suffix}`,
  env: { region: app.node.tryGetContext("region") ?? "us-east-1" },
});
