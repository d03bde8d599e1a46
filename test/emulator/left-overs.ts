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
import { rawAsk } from "./raw-ask.ts";

/** Names of resources that have the mark in them, and keys, which have no names. */
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
    ...others(),
  ]);
  const isOurs = (name: string) =>
    name.startsWith("key ") || name.toLowerCase().includes(mark.toLowerCase());
  return lists.flat().flatMap((name) => (name !== undefined && isOurs(name) ? [name] : []));
}

/** What has no client here: texts that hold names, cut at what ends one. */
function others(): Promise<string[]>[] {
  const namesIn = (body: string) => body.match(/[\w+=,.@:/-]+/g) ?? [];
  const json = (service: string, target: string) => rawAsk(service, { target }).then(namesIn);
  const query = (service: string, action: string, version: string) =>
    rawAsk(service, { query: `Action=${action}&Version=${version}` }).then(namesIn);
  return [
    json("logs", "Logs_20140328.DescribeLogGroups"),
    query("iam", "ListRoles", "2010-05-08"),
    query("monitoring", "DescribeAlarms", "2010-08-01"),
    rawAsk("apigateway", { path: "/restapis" }).then(namesIn),
    rawAsk("apigateway", { path: "/v2/apis" }).then(namesIn),
    keys(),
  ];
}

/** Keys that live: those to be deleted are gone, after the time that AWS keeps them for. Their policies name who may use them. */
async function keys(): Promise<string[]> {
  const list = await rawAsk("kms", { target: "TrentService.ListKeys" });
  const { Keys } = JSON.parse(list) as { readonly Keys: readonly { readonly KeyId: string }[] };
  const all = await Promise.all(
    Keys.map(async ({ KeyId }) => {
      const told = await rawAsk("kms", { target: "TrentService.DescribeKey", json: { KeyId } });
      const { KeyMetadata } = JSON.parse(told) as {
        readonly KeyMetadata: { readonly KeyState: string };
      };
      return { KeyId, state: KeyMetadata.KeyState };
    }),
  );
  return all.flatMap(({ KeyId, state }) => (state === "PendingDeletion" ? [] : [`key ${KeyId}`]));
}

async function stacks(): Promise<(string | undefined)[]> {
  const { StackSummaries = [] } = await new CloudFormationClient().send(new ListStacksCommand());
  return StackSummaries.filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE").map(
    ({ StackName }) => StackName,
  );
}
