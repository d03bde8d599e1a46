import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { Alias } from "aws-cdk-lib/aws-kms";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { type IQueue, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { Surehook } from "surehook/cdk";
import gateway from "./surehook.config.ts";

type HandlersOnLambdaProps = StackProps & {
  readonly environmentSuffix: string;
  /** The config's file, which the functions are bundled from. */
  readonly entry: string;
};

/** The gateway, the queue that workers read, and the topic that others listen to. */
export class HandlersOnLambda extends Stack {
  constructor(scope: Construct, id: string, props: HandlersOnLambdaProps) {
    super(scope, id, props);
    const { environmentSuffix, entry } = props;
    const queue = this.#queue(this.node.tryGetContext("queueArn"));
    const topic = this.#topic(this.node.tryGetContext("topicArn"));
    const { url, destinations, sourceSecrets } = new Surehook(this, "Gateway", {
      gateway,
      entry,
      environmentSuffix,
      existing: { queues: { queue }, topics: { topic } },
    });
    new CfnOutput(this, "ApiUrl", { value: `${url}/webhooks/` });
    new CfnOutput(this, "TableName", { value: destinations.tables["seen"]?.tableName ?? "" });
    new CfnOutput(this, "QueueUrl", { value: queue.queueUrl });
    new CfnOutput(this, "TopicArn", { value: topic.topicArn });
    new CfnOutput(this, "SecretArn", { value: sourceSecrets?.secretArn ?? "" });
  }

  #queue(arn: string | undefined): IQueue | Queue {
    if (arn !== undefined) return Queue.fromQueueArn(this, "Work", arn);
    return new Queue(this, "Work", { enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED });
  }

  #topic(arn: string | undefined): ITopic | Topic {
    if (arn !== undefined) return Topic.fromTopicArn(this, "Notices", arn);
    const masterKey = Alias.fromAliasName(this, "TopicKey", "alias/aws/sns");
    return new Topic(this, "Notices", { enforceSSL: true, masterKey });
  }
}
