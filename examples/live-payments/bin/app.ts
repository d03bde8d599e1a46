import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { LivePayments } from "../live-payments.ts";

const app = new App();
const environmentSuffix: string | undefined = app.node.tryGetContext("environmentSuffix");
const name = "serverless-payment-service";
new LivePayments(app, name, {
  environmentSuffix,
  entry: join(import.meta.dirname, "..", "surehook.config.ts"),
  stackName: environmentSuffix === undefined ? name : `${name}-${environmentSuffix}`,
  env: { region: app.node.tryGetContext("region") ?? "us-east-1" },
});
