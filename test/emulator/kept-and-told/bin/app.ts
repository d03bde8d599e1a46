import { join } from "node:path";
import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Surehook } from "surehook/cdk";
import gateway from "../surehook.config.ts";

const app = new App();
const stackName: string = app.node.tryGetContext("stackName");
const stack = new Stack(app, "KeptAndTold", { stackName, env: { region: "us-east-1" } });
const told = new EventBus(stack, "Told");
// So many that where they are is too long for a variable: the receiver reads it from parameters.
const secretNames = Array.from({ length: 30 }, (_, n) => `SPARE_SECRET_OF_SENDER_${n}`);
const spare = new Secret(stack, "Spare");
const { url, destinations, sourceSecrets } = new Surehook(stack, "Gateway", {
  gateway,
  entry: join(import.meta.dirname, "..", "surehook.config.ts"),
  secretNames,
  secrets: Object.fromEntries(
    secretNames.map((name) => [name, { secret: spare, field: `its-field-${name}` }]),
  ),
  existing: { buses: { told, spare1: told, spare2: told, spare3: told, spare4: told } },
});
new CfnOutput(stack, "ApiUrl", { value: `${url}/webhook` });
new CfnOutput(stack, "BucketName", { value: destinations.buckets["kept"]?.bucketName ?? "" });
new CfnOutput(stack, "BusName", { value: told.eventBusName });
new CfnOutput(stack, "SecretArn", { value: sourceSecrets?.secretArn ?? "" });
