import { CfnOutput, CfnParameter, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Surehook } from "surehook/cdk";
import gateway from "./surehook.config.ts";

type LivePaymentsProps = StackProps & {
  readonly environmentSuffix: string | undefined;
  /** The config's file, which the functions are bundled from. */
  readonly entry: string;
};

/** The gateway behind CloudFront and a firewall, with the parameters and outputs that it always had. */
export class LivePayments extends Stack {
  constructor(scope: Construct, id: string, props: LivePaymentsProps) {
    super(scope, id, props);
    const { environmentSuffix, entry } = props;
    const stageName = new CfnParameter(this, "StageName", { default: "prod" }).valueAsString;
    const tolerance = new CfnParameter(this, "StripeToleranceSeconds", {
      type: "Number",
      default: 300,
    });
    const { url, live } = new Surehook(this, "Gateway", {
      gateway,
      entry,
      stageName,
      ...(environmentSuffix === undefined ? {} : { environmentSuffix }),
      functionNames: { receiver: "PaymentWebhookHandler", broadcaster: "PaymentBroadcaster" },
      topicName: "PaymentEventsTopic",
      environment: { STRIPE_TOLERANCE_SECONDS: tolerance.valueAsString },
      secrets: {
        STRIPE_ENDPOINT_SECRET: { parameter: this.#hidden("StripeEndpointSecret") },
        SIGNING_SECRET: { parameter: this.#hidden("SigningSecret") },
      },
      allowListByParameters: true,
      cdn: true,
    });
    new CfnOutput(this, "RestApiInvokeUrl", { value: `${url}/webhook` });
    new CfnOutput(this, "WebSocketApiUrl", { value: live?.stage.url ?? "" });
  }

  /** Shown nowhere, and kept in Secrets Manager only. */
  #hidden(id: string): CfnParameter {
    return new CfnParameter(this, id, { noEcho: true, default: "" });
  }
}
