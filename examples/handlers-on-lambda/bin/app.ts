import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { HandlersOnLambda } from "../handlers-on-lambda.ts";

const app = new App();
const environmentSuffix: string = app.node.tryGetContext("environmentSuffix") ?? "dev";
new HandlersOnLambda(app, "HandlersOnLambda", {
  environmentSuffix,
  entry: join(import.meta.dirname, "..", "surehook.config.ts"),
  stackName: `HandlersOnLambda-${environmentSuffix}`,
  env: { region: app.node.tryGetContext("region") ?? "us-east-1" },
});
