import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Surehook } from "surehook/cdk";
import gateway from "./surehook.config.ts";

type StripeCustomersProps = StackProps & {
  readonly environmentSuffix: string;
  /** The config's file, which the functions are bundled from. */
  readonly entry: string;
};

/** The gateway, and the outputs by which it is found. */
export class StripeCustomers extends Stack {
  constructor(scope: Construct, id: string, props: StripeCustomersProps) {
    super(scope, id, props);
    const { environmentSuffix, entry } = props;
    const { url, destinations, sourceSecrets } = new Surehook(this, "Gateway", {
      gateway,
      entry,
      environmentSuffix,
      functionNames: { receiver: "stripeWebhookHandler", consumer: "createCustomerHandler" },
    });
    new CfnOutput(this, "ApiUrl", { value: `${url}/` });
    new CfnOutput(this, "TableName", { value: destinations.tables["customers"]?.tableName ?? "" });
    new CfnOutput(this, "SecretArn", { value: sourceSecrets?.secretArn ?? "" });
  }
}
