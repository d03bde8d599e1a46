/** `infrastructure/webhooks`: the stack, for the AWS CDK. */

/** Its module. */
export const infrastructure = `
/**
 * The gateway of config/webhooks.json on AWS: API Gateway, the functions with their table, bucket and queues, and
 * what its destinations need. \`npm run deploy:webhooks\` deploys it; \`-- -c environmentSuffix=prod\` another one
 * with secrets of its own.
 */
import { App, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { Alias } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Surehook } from "surehook/cdk";
import { gateway } from "@webhooks/middleware/gateway.ts";

const app = new App();
const environmentSuffix = String(app.node.tryGetContext("environmentSuffix") ?? "dev");
const stack = new Stack(app, "Webhooks", {
  stackName: "Webhooks-" + environmentSuffix,
  env: { region: String(app.node.tryGetContext("region") ?? "us-east-1") },
});

/** What workers read: {"action":"fulfill_order",…}, or {"provider":…,"event":…}. One that is there: -c queueArn=… */
function openQueue() {
  const queueArn«: string | undefined» = app.node.tryGetContext("queueArn");
  if (queueArn !== undefined) return Queue.fromQueueArn(stack, "Work", queueArn);
  const encryption = QueueEncryption.SQS_MANAGED;
  return new Queue(stack, "Work", { enforceSSL: true, encryption });
}

/** What is told of payments. One that is there: -c topicArn=… */
function openTopic() {
  const topicArn«: string | undefined» = app.node.tryGetContext("topicArn");
  if (topicArn !== undefined) return Topic.fromTopicArn(stack, "Notices", topicArn);
  const masterKey = Alias.fromAliasName(stack, "TopicKey", "alias/aws/sns");
  return new Topic(stack, "Notices", { enforceSSL: true, masterKey });
}

const queue = openQueue();
// Only some senders' events are told.
const topic = gateway.destinations["topic"] === undefined ? undefined : openTopic();
/** What the handlers know of orders and customers: see webhooks/state. */
const state = new Table(stack, "State", {
  partitionKey: { name: "id", type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});

const { url, functions, destinations, sourceSecrets } = new Surehook(stack, "Gateway", {
  gateway,
  entry: "config/webhooks.json",
  environmentSuffix,
  environment: { WEBHOOKS_STATE_TABLE: state.tableName },
  existing: { queues: { queue }, topics: topic === undefined ? {} : { topic } },
});
state.grantReadWriteData(functions.consumer);

for (const [name, value] of Object.entries({
  ApiUrl: url + "/webhooks/",
  QueueUrl: queue.queueUrl,
  ...(topic === undefined ? {} : { TopicArn: topic.topicArn }),
  TableName: destinations.tables["seen"]?.tableName ?? "",
  StateTableName: state.tableName,
  SecretArn: sourceSecrets?.secretArn ?? "",
})) {
  new CfnOutput(stack, name, { value });
}
`;
