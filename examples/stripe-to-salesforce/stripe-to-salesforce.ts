import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { Surehook } from "surehook/cdk";
import gateway from "./surehook.config.ts";

type StripeToSalesforceProps = StackProps & {
  /** The config's file, which the functions are bundled from. */
  readonly entry: string;
  /** A secret of Secrets Manager: JSON with the signing secrets and what Salesforce's login needs. */
  readonly stripeSecretsName: string;
  /** Variables that the config reads. */
  readonly environment: Readonly<Record<string, string>>;
};

const inThatSecret = [
  "STRIPE_ENDPOINT_SECRET",
  "CLI_ENDPOINT_SECRET",
  "SFDC_ENDPOINT",
  "SFDC_LOGIN_URL",
  "SFDC_CLIENT_ID",
  "SFDC_CLIENT_SECRET",
];

/** The gateway; its secrets are there before it. */
export class StripeToSalesforce extends Stack {
  constructor(scope: Construct, id: string, props: StripeToSalesforceProps) {
    super(scope, id, props);
    const { entry, environment } = props;
    const secret = Secret.fromSecretNameV2(this, "StripeSecrets", props.stripeSecretsName);
    const { url, functions } = new Surehook(this, "Gateway", {
      gateway,
      entry,
      environment,
      secrets: Object.fromEntries(inThatSecret.map((field) => [field, { secret, field }])),
    });
    new CfnOutput(this, "ApiUrl", { value: `${url}/webhook` });
    new CfnOutput(this, "TokenRefresher", {
      value: functions.refresher?.function.functionName ?? "",
    });
  }
}
