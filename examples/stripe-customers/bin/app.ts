import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { StripeCustomers } from "../stripe-customers.ts";

const app = new App();
const environmentSuffix: string = app.node.tryGetContext("environmentSuffix") ?? "dev";
new StripeCustomers(app, "StripeCustomers", {
  environmentSuffix,
  entry: join(import.meta.dirname, "..", "surehook.config.ts"),
  stackName: `StripeCustomers-${environmentSuffix}`,
  env: { region: app.node.tryGetContext("region") ?? "us-east-1" },
});
