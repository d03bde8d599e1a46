/** What is left of a stack after its deletion, by the names that CloudFormation made of the stack's. */
import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
} from "@aws-sdk/client-eventbridge";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";

/** Names of resources that have the mark in them. */
export async function leftOvers(mark: string): Promise<readonly string[]> {
  const lists = await Promise.all([
    stacks(),
    new DynamoDBClient().send(new ListTablesCommand()).then(({ TableNames = [] }) => TableNames),
    new LambdaClient()
      .send(new ListFunctionsCommand())
      .then(({ Functions = [] }) => Functions.map(({ FunctionName }) => FunctionName)),
    new S3Client()
      .send(new ListBucketsCommand())
      .then(({ Buckets = [] }) => Buckets.map(({ Name }) => Name)),
    new SecretsManagerClient()
      .send(new ListSecretsCommand())
      .then(({ SecretList = [] }) => SecretList.map(({ Name }) => Name)),
    new SQSClient().send(new ListQueuesCommand()).then(({ QueueUrls = [] }) => QueueUrls),
    new SNSClient()
      .send(new ListTopicsCommand())
      .then(({ Topics = [] }) => Topics.map(({ TopicArn }) => TopicArn)),
    new SSMClient()
      .send(new DescribeParametersCommand())
      .then(({ Parameters = [] }) => Parameters.map(({ Name }) => Name)),
    new EventBridgeClient()
      .send(new ListRulesCommand())
      .then(({ Rules = [] }) => Rules.map(({ Name }) => Name)),
    new EventBridgeClient()
      .send(new ListEventBusesCommand())
      .then(({ EventBuses = [] }) => EventBuses.map(({ Name }) => Name)),
  ]);
  const isOurs = (name: string) => name.toLowerCase().includes(mark.toLowerCase());
  return lists.flat().flatMap((name) => (name !== undefined && isOurs(name) ? [name] : []));
}

async function stacks(): Promise<(string | undefined)[]> {
  const { StackSummaries = [] } = await new CloudFormationClient().send(new ListStacksCommand());
  return StackSummaries.filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE").map(
    ({ StackName }) => StackName,
  );
}
