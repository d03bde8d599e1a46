import { CustomResource, Duration } from "aws-cdk-lib";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { type FunctionSettings, GatewayFunction } from "./gateway-function.ts";
import type { TokenRefresh } from "./token-refresh.ts";

/** What a deletion of the stack finds empty, or doesn't know of. */
export type CleanUpProps = {
  readonly settings: FunctionSettings;
  readonly buckets: readonly Bucket[];
  /** Whose parameters the functions made. */
  readonly tokens: TokenRefresh | undefined;
};

/** Empties buckets and removes parameters when the stack is deleted. */
export class CleanUp extends Construct {
  readonly cleaner: GatewayFunction;
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, { settings, buckets, tokens }: CleanUpProps) {
    super(scope, id);
    this.cleaner = new GatewayFunction(this, "Cleaner", {
      role: "cleaner",
      settings,
      timeout: Duration.minutes(10),
    });
    const reason = "It removes all that the stack's own functions have made.";
    for (const bucket of buckets) {
      this.cleaner.allow(["s3:ListBucket"], [bucket.bucketArn]);
      this.cleaner.allowAll(["s3:DeleteObject"], bucket.arnForObjects("*"), reason);
    }
    if (tokens !== undefined) this.cleaner.allow(["ssm:DeleteParameter"], tokens.arns);
    this.resource = new CustomResource(this, "Resource", {
      serviceToken: this.cleaner.function.functionArn,
      resourceType: "Custom::SurehookCleanUp",
      properties: {
        buckets: buckets.map(({ bucketName }) => bucketName),
        parameters: tokens?.parameters ?? [],
      },
    });
    // The last to be made is the first to go: its rights and its log must outlive it.
    this.resource.node.addDependency(this.cleaner.role, this.cleaner.logGroup);
  }
}
