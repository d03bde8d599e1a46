import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { PaymentsArchive } from "../payments-archive.ts";

const app = new App();
const suffix: string = app.node.tryGetContext("environmentSuffix") ?? "dev";
new PaymentsArchive(app, "PaymentsArchive", {
  environmentSuffix: suffix,
  entry: join(import.meta.dirname, "..", "surehook.config.ts"),
  stackName: `PaymentsArchive-${suffix}`,
  env: { region: app.node.tryGetContext("region") ?? "us-east-1" },
});
