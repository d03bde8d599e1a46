import { Stack } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { GatewayFunction } from "./gateway-function.ts";

/** Access tokens in Parameter Store. */
export type TokenRefreshProps = {
  /** The destinations that log in. */
  readonly destinations: readonly string[];
  /** Takes a new token before the old one ends; can be started by hand. */
  readonly refresher: GatewayFunction;
  /** Takes one where there is none, or the one there is refused. */
  readonly consumer: GatewayFunction;
};

/**
 * The parameters of access tokens, `/surehook/<stack>/<destination>`. CloudFormation can't make a
 * SecureString, so the functions make them, with the policies whose notification starts the refresher.
 */
export class TokenRefresh extends Construct {
  readonly parameters: readonly string[];
  readonly arns: string[];

  constructor(scope: Construct, id: string, props: TokenRefreshProps) {
    super(scope, id);
    const { destinations, refresher, consumer } = props;
    const stack = Stack.of(this);
    const prefix = `/surehook/${stack.stackName}`;
    this.parameters = destinations.map((destination) => `${prefix}/${destination}`);
    this.arns = this.parameters.map((name) =>
      stack.formatArn({ service: "ssm", resource: "parameter", resourceName: name.slice(1) }),
    );
    for (const one of [refresher, consumer]) {
      one.allow(["ssm:PutParameter"], this.arns);
      one.setVariable("SUREHOOK_PARAMETER_PREFIX", prefix);
    }
    new Rule(this, "Ends", {
      eventPattern: {
        source: ["aws.ssm"],
        detailType: ["Parameter Store Policy Action"],
        detail: {
          "parameter-name": [...this.parameters],
          "policy-type": ["ExpirationNotification", "Expiration"],
        },
      },
      targets: [new LambdaFunction(refresher.function)],
    });
  }
}
