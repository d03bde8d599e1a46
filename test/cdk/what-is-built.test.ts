/** What the definition names is what gets built, and nothing else. */
import type { Stack } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { Table } from "aws-cdk-lib/aws-dynamodb";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { secret } from "surehook";
import { describe, expect, it } from "vitest";
import {
  code,
  dynamodb,
  file,
  http,
  s3,
  salesforce,
  sqs,
  websocket,
} from "../../src/destinations/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { build, countsOf, gatewayOf } from "./stacks.ts";

const crm = salesforce({
  url: secret("SFDC_ENDPOINT"),
  token: {
    grant: "client_credentials",
    loginUrl: "https://example.my.salesforce.com",
    clientId: "id",
    clientSecret: secret("SFDC_SECRET"),
  },
});
const screens = websocket({ path: "/live", token: secret("LIVE_TOKEN") });
const table = dynamodb({ table: "WebhookEvents" });

const functions = "AWS::Lambda::Function";

function tableIn(scope: Stack) {
  const arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/there";
  return Table.fromTableArn(scope, "There", arn);
}

const plain = countsOf(build({ gateway: gatewayOf() }).template);

/** What a definition adds to a gateway that has one source and no destination. */
function added(...args: Parameters<typeof gatewayOf>): Record<string, number> {
  const counts = countsOf(build({ gateway: gatewayOf(...args) }).template);
  const differences = Object.entries(counts)
    .map(([type, count]) => [type, count - (plain[type] ?? 0)] as const)
    .filter(([, difference]) => difference !== 0);
  return Object.fromEntries(differences);
}

describe("a gateway without destinations", () => {
  it("has an API, its flow, its store and four functions, and what cleans up", () => {
    expect(plain).toMatchObject({
      [functions]: 5,
      "AWS::ApiGateway::RestApi": 1,
      "AWS::DynamoDB::Table": 1,
      "AWS::Events::EventBus": 1,
      "AWS::S3::Bucket": 1,
      "AWS::SQS::Queue": 2,
      "AWS::SecretsManager::Secret": 1,
    });
    expect(plain).not.toHaveProperty("AWS::SNS::Topic");
    expect(plain).not.toHaveProperty("AWS::ApiGateway::Authorizer");
  });

  it("has no stacks beside it", () => {
    const { beside } = build({ gateway: gatewayOf() });
    expect([beside("waf"), beside("cdn")]).toEqual([undefined, undefined]);
  });
});

describe("each part of a definition brings what it needs", () => {
  it.each([
    ["a table", { table }, { "AWS::DynamoDB::Table": 1 }],
    [
      "a bucket",
      { kept: s3({ bucket: "kept" }) },
      { "AWS::S3::Bucket": 1, "AWS::S3::BucketPolicy": 1 },
    ],
    ["an address", { app: http({ url: "https://example.com" }) }, {}],
    [
      "a queue that is there",
      { out: sqs({ queueUrl: "https://sqs.eu-west-1.amazonaws.com/111122223333/out" }) },
      {},
    ],
    [
      "live clients",
      { screens },
      {
        "AWS::ApiGatewayV2::Api": 1,
        "AWS::ApiGatewayV2::Integration": 3,
        "AWS::ApiGatewayV2::Route": 3,
        "AWS::ApiGatewayV2::Stage": 1,
        "AWS::CloudWatch::Alarm": 4,
        "AWS::DynamoDB::Table": 1,
        "AWS::IAM::Policy": 2,
        "AWS::IAM::Role": 2,
        "AWS::Lambda::Function": 2,
        "AWS::Lambda::Permission": 4,
        "AWS::Logs::LogGroup": 3,
        "AWS::SecretsManager::Secret": 1,
        "AWS::SNS::Subscription": 1,
        "AWS::SNS::Topic": 1,
        "AWS::SNS::TopicPolicy": 1,
      },
    ],
    [
      "Salesforce",
      { crm },
      {
        "AWS::CloudWatch::Alarm": 2,
        "AWS::Events::Rule": 1,
        "AWS::IAM::Policy": 1,
        "AWS::IAM::Role": 1,
        "AWS::Lambda::Function": 1,
        "AWS::Lambda::Permission": 1,
        "AWS::Logs::LogGroup": 1,
        // Its own secrets, and the key that its token is sealed with.
        "AWS::SecretsManager::Secret": 2,
      },
    ],
  ])("%s", (_, destinations, expected) => {
    expect(added(destinations)).toEqual(expected);
  });

  it("an authorizer, where a source asks for it", () => {
    const secrets = [secret("STRIPE_WEBHOOK_SECRET")];
    const source = stripe({ path: "/webhook", secrets, authorizer: true });
    expect(added({}, { source })).toEqual({
      "AWS::ApiGateway::Authorizer": 1,
      "AWS::CloudWatch::Alarm": 2,
      "AWS::IAM::Policy": 1,
      "AWS::IAM::Role": 1,
      "AWS::Lambda::Function": 1,
      "AWS::Lambda::Permission": 1,
      "AWS::Logs::LogGroup": 1,
    });
  });

  it("a firewall in a stack of its own, where a source has an allow-list", () => {
    const secrets = [secret("STRIPE_WEBHOOK_SECRET")];
    const source = stripe({ path: "/webhook", secrets, allowIps: ["192.0.2.1", "2001:db8::/32"] });
    const { beside } = build({ gateway: gatewayOf({}, { source }) });
    expect(countsOf(beside("waf") as never)).toEqual({
      "AWS::WAFv2::IPSet": 2,
      "AWS::WAFv2::WebACL": 1,
      "AWS::WAFv2::WebACLAssociation": 1,
    });
    expect(beside("cdn")).toBeUndefined();
  });

  it("CloudFront in a stack of its own, where it is asked for", () => {
    const { beside } = build({ gateway: gatewayOf(), cdn: true });
    expect(countsOf(beside("cdn") as never)).toEqual({ "AWS::CloudFront::Distribution": 1 });
    expect(beside("waf")).toBeUndefined();
  });
});

describe("paths of sources", () => {
  const at = (path: string) => stripe({ path, secrets: [secret("STRIPE_WEBHOOK_SECRET")] });

  it("share the name of a parameter at one place, since API Gateway takes one only", () => {
    const sources = { a: at("/of/:shop/orders"), b: at("/of/:tenant/:kind"), c: at("/in/:tenant") };
    const { gateway } = build({ gateway: gatewayOf({}, sources) });
    expect(gateway.plan.paths.map(({ path }) => path)).toEqual([
      "/of/{shop}/orders",
      "/of/{shop}/{kind}",
      "/in/{tenant}",
    ]);
  });
});

describe("a source that answers by a module", () => {
  it("lets the receiver find the request that the answer belongs to", () => {
    const source = stripe({
      path: "/in",
      secrets: [secret("STRIPE_WEBHOOK_SECRET")],
      respond: async () => ({ respond: () => "" }),
    });
    const policies = build({ gateway: gatewayOf({}, { source }) }).template.findResources(
      "AWS::IAM::Policy",
    );
    const receiver = Object.entries(policies).filter(([id]) => id.startsWith("GatewayReceiver"));
    expect(JSON.stringify(receiver)).toContain("/index/byId");
  });
});

describe("resources that are there already", () => {
  it("are used in place of new ones", () => {
    const existing = (scope: Stack) => ({ tables: { table: tableIn(scope) } });
    const { gateway, template } = build({ gateway: gatewayOf({ table }) }, { existing });
    expect(gateway.destinations.tables).toEqual({});
    template.resourceCountIs("AWS::DynamoDB::Table", 1);
    template.hasResourceProperties(functions, {
      Environment: {
        Variables: Match.objectLike({ SUREHOOK_RESOURCES: '{"table":{"table":"there"}}' }),
      },
    });
  });

  it("must be given where the definition names them by a secret", () => {
    const out = sqs({ queueUrl: secret("QUEUE_URL") });
    expect(() => build({ gateway: gatewayOf({ out }) })).toThrow("Give it under existing");
  });

  it("are told to the consumer, and it may write to them", () => {
    const { template } = build({ gateway: gatewayOf({ table }) });
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: "dynamodb:PutItem", Effect: "Allow" }),
        ]),
      },
    });
  });
});

describe("a definition that AWS can't have", () => {
  it("is refused with every mistake", () => {
    const wrong = { ...gatewayOf(), routes: [{ to: "nowhere" }] };
    expect(() => build({ gateway: wrong })).toThrow(/routes\[0\]\.to/);
  });

  it("is told all of it at once", () => {
    const module = new URL("./module.ts", import.meta.url);
    const source = stripe({
      path: "/in~here",
      secrets: [secret("S")],
      respond: { module: "./answer.ts", deadlineSeconds: 30 },
      maxBodyBytes: 4_500_001,
    });
    const definition = gatewayOf(
      {
        run: code(module),
        files: file({ folder: "./out" }),
        app: http({ url: "https://a.example" }),
      },
      { source },
    );
    const gateway = { ...definition, routes: [{ to: "app", transform: "./form.ts" }] };
    const given = {
      stageName: "a/b",
      shards: 300,
      memoryMb: 64,
      functionNames: Object.fromEntries([["taker", "T"]]),
    };
    let text = "";
    try {
      build(
        { gateway, ...given },
        { existing: (stack) => ({ tables: { tabel: tableIn(stack) } }) },
      );
    } catch (error) {
      text = String(error);
    }
    for (const place of [
      "sources.source.path: expected letters",
      "sources.source.respond: expected a function",
      "sources.source.respond.deadlineSeconds: expected at most 24",
      "sources.source.maxBodyBytes: expected at most 4500000",
      "destinations.run.module: expected a function",
      "destinations.files: a function keeps no files; use s3",
      "routes[0].transform: expected a function",
      "existing.tables.tabel: expected the name of a destination of the kind dynamodb",
      "functionNames.taker: expected one of receiver",
      "stageName: expected letters",
      "shards: expected a whole number from 1 to 256",
      "memoryMb: expected a whole number from 128",
    ]) {
      expect(text).toContain(place);
    }
  });

  it("gives a place to a secret that nothing asks for", () => {
    const there = (stack: Stack) => ({
      STRIPE_WEBHOOK_SECRETS: { secret: Secret.fromSecretNameV2(stack, "There", "dev/stripe") },
    });
    expect(() => build({ gateway: gatewayOf() }, { secrets: there })).toThrow(
      "secrets.STRIPE_WEBHOOK_SECRETS: nothing asks for it; asked for are STRIPE_WEBHOOK_SECRET",
    );
  });

  it("has two addresses of live clients", () => {
    const other = websocket({ path: "/other", open: true });
    expect(() => build({ gateway: gatewayOf({ screens, other }) })).toThrow(
      "Keep one websocket destination",
    );
  });
});
