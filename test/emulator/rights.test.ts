/**
 * A role that may do nothing, made as a deployment would make it: each kind says which right is missing.
 * But SNS, where a topic's own first policy lets the account publish; `sns.test.ts` has one that doesn't.
 */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { noSignal, parcelOf } from "../../src/destinations/conformance.ts";
import { destinations } from "../../src/destinations/index.ts";
import { until } from "../support/until.ts";
import { freshName, onEmulator, openKind } from "./emulated.ts";

const template = {
  Resources: {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
        },
      },
    },
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "eventId", AttributeType: "S" },
          { AttributeName: "timestamp", AttributeType: "N" },
        ],
        KeySchema: [
          { AttributeName: "eventId", KeyType: "HASH" },
          { AttributeName: "timestamp", KeyType: "RANGE" },
        ],
      },
    },
    Queue: { Type: "AWS::SQS::Queue" },
    Bucket: { Type: "AWS::S3::Bucket" },
  },
  Outputs: {
    role: { Value: { "Fn::GetAtt": ["Role", "Arn"] } },
    table: { Value: { Ref: "Table" } },
    queueUrl: { Value: { Ref: "Queue" } },
    bucket: { Value: { Ref: "Bucket" } },
  },
};

const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;
const before = names.map((name) => [name, process.env[name]] as const);

async function deploy(): Promise<Record<string, string>> {
  const client = new CloudFormationClient();
  const StackName = freshName("rights");
  const TemplateBody = JSON.stringify(template);
  await client.send(
    new CreateStackCommand({ StackName, TemplateBody, Capabilities: ["CAPABILITY_IAM"] }),
  );
  const outputs = await until("the stack", async () => {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0]?.StackStatus === "CREATE_COMPLETE" && Stacks[0].Outputs;
  });
  return Object.fromEntries(
    outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
  );
}

onEmulator("a role without rights", () => {
  let made: Record<string, string> = {};

  beforeAll(async () => {
    made = await deploy();
    const RoleArn = made["role"];
    const { Credentials: its } = await new STSClient().send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: "test" }),
    );
    const values = [its?.AccessKeyId, its?.SecretAccessKey, its?.SessionToken];
    names.forEach((name, at) => {
      process.env[name] = values[at];
    });
  });

  afterAll(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it.each([
    ["sqs", "queueUrl", "sqs:SendMessage"],
    ["dynamodb", "table", "dynamodb:PutItem"],
    ["s3", "bucket", "s3:PutObject"],
    ["eventbridge", "bus", "events:PutEvents"],
  ])("is told by %s", async (name, option, right) => {
    const kind = destinations[name];
    if (kind === undefined) throw new Error(`no kind ${name}`);
    const destination = await openKind(kind, { [option]: made[option] ?? "default" });
    expect(await destination.send(parcelOf(), noSignal())).toMatchObject({
      kind: "failed",
      code: "DESTINATION_STATUS",
      detail: expect.stringMatching(new RegExp(right, "i")),
    });
    await destination.close();
  });
});
