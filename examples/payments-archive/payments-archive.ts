import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Surehook } from "surehook/cdk";
import gateway from "./surehook.config.ts";

type PaymentsArchiveProps = StackProps & {
  readonly environmentSuffix: string;
  readonly entry: string;
};

/** The gateway, and the outputs by which it is found. */
export class PaymentsArchive extends Stack {
  readonly gateway: Surehook;

  constructor(scope: Construct, id: string, props: PaymentsArchiveProps) {
    super(scope, id, props);
    const { environmentSuffix, entry } = props;
    this.gateway = new Surehook(this, "Gateway", {
      gateway,
      entry,
      environmentSuffix,
      // A failed attempt is a failed receive: three, then the archive.
      retries: "queue",
      visibilityTimeout: Duration.seconds(
        Number(this.node.tryGetContext("visibilitySeconds") ?? 300),
      ),
    });
    const { url, destinations, store, sourceSecrets } = this.gateway;
    new CfnOutput(this, "ApiUrl", { value: `${url}/` });
    new CfnOutput(this, "TableName", { value: destinations.tables["table"]?.tableName ?? "" });
    new CfnOutput(this, "BucketName", { value: store.bucket.bucketName });
    new CfnOutput(this, "SecretArn", { value: sourceSecrets?.secretArn ?? "" });
  }
}
