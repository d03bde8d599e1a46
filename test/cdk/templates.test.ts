/** What the emulator can't show is asserted on the template: that AWS is told it. */
import { App, CfnParameter, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { secret } from "surehook";
import { Surehook } from "surehook/cdk";
import { describe, expect, it } from "vitest";
import { errors } from "../../src/core/errors.ts";
import { dynamodb, s3, salesforce, websocket } from "../../src/destinations/index.ts";
import { type IndexShape, tableShape } from "../../src/engines/aws/table.ts";
import { hmac, stripe } from "../../src/providers/index.ts";
import { build, gatewayOf } from "./stacks.ts";

const secrets = [secret("STRIPE_WEBHOOK_SECRET")];
const crm = salesforce({
  url: secret("SFDC_ENDPOINT"),
  token: {
    grant: "client_credentials",
    loginUrl: "https://example.my.salesforce.com",
    clientId: "id",
    clientSecret: secret("SFDC_SECRET"),
  },
});
const everything = gatewayOf(
  {
    table: dynamodb({ table: "WebhookEvents", payloadBucket: "payloads" }),
    kept: s3({ bucket: "kept" }),
    screens: websocket({ path: "/live", token: secret("LIVE_TOKEN") }),
    crm,
  },
  {
    stripe: stripe({ path: "/webhook", secrets, authorizer: true, allowIps: ["192.0.2.0/24"] }),
    tenants: stripe({
      path: "/tenants/:tenant",
      secrets: ({ tenant }) => (tenant === "a" ? [secret("TENANT_A")] : undefined),
    }),
  },
);
const all = build({ gateway: everything, cdn: true, secretNames: ["TENANT_A"] });
const { template } = all;

type Resource = { readonly Type: string; readonly Properties?: never };
type Statement = { readonly Action: string | string[]; readonly Resource: unknown };

function resourcesOf(type: string): readonly Readonly<Record<string, never>>[] {
  const found: Readonly<Record<string, Resource>> = template.findResources(type) as never;
  return Object.values(found).map(({ Properties }) => Properties ?? ({} as never));
}

describe("the API", () => {
  it("has every path of the sources, with any method", () => {
    const paths = resourcesOf("AWS::ApiGateway::Resource").map(({ PathPart }) => PathPart);
    expect(paths.sort()).toEqual(["tenants", "webhook", "{tenant}"]);
    for (const method of resourcesOf("AWS::ApiGateway::Method")) {
      expect(method["HttpMethod"]).toBe("ANY");
    }
  });

  it("takes bytes of any type, and compresses nothing", () => {
    const [api = {}] = resourcesOf("AWS::ApiGateway::RestApi");
    expect(api["BinaryMediaTypes"]).toEqual(["*/*"]);
    expect(api).not.toHaveProperty("MinimumCompressionSize");
  });

  it("is throttled, and logs who and what but no header, query or body", () => {
    const [stage = {}] = resourcesOf("AWS::ApiGateway::Stage");
    expect(stage["MethodSettings"]).toEqual([
      expect.objectContaining({
        HttpMethod: "*",
        ResourcePath: "/*",
        ThrottlingRateLimit: 1000,
        ThrottlingBurstLimit: 1000,
        DataTraceEnabled: false,
      }),
    ]);
    const { Format = "" }: { Format?: string } = stage["AccessLogSetting"] ?? {};
    expect(Object.values(JSON.parse(Format))).toContain("$context.status");
    expect(Format).not.toMatch(/querystring|header|body|\$input/i);
  });

  it("asks the authorizer about each request, where a source asks for it", () => {
    template.hasResourceProperties("AWS::ApiGateway::Authorizer", {
      Type: "REQUEST",
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: "",
    });
    const kinds = resourcesOf("AWS::ApiGateway::Method").map(
      (method) => method["AuthorizationType"],
    );
    expect(kinds.sort()).toEqual(["CUSTOM", "NONE"]);
  });

  it.each([
    ["MISSING_AUTHENTICATION_TOKEN", 404, "UNKNOWN_PROVIDER", undefined],
    ["INVALID_SIGNATURE", 404, "UNKNOWN_PROVIDER", undefined],
    ["EXPIRED_TOKEN", 404, "UNKNOWN_PROVIDER", undefined],
    ["THROTTLED", 429, "RATE_LIMITED", "'5'"],
    ["REQUEST_TOO_LARGE", 413, "BODY_TOO_LARGE", undefined],
    ["WAF_FILTERED", 403, "IP_NOT_ALLOWED", undefined],
    ["ACCESS_DENIED", 403, "AUTHORIZATION_DENIED", undefined],
    ["DEFAULT_5XX", 503, "INTERNAL", "'5'"],
  ] as const)("says %s as the gateway says it", (type, status, code, retryAfter) => {
    const { cause } = errors[code];
    template.hasResourceProperties("AWS::ApiGateway::GatewayResponse", {
      ResponseType: type,
      StatusCode: String(status),
      ResponseTemplates: { "application/json": JSON.stringify({ error: cause, code }) },
      ...(retryAfter === undefined
        ? {}
        : { ResponseParameters: { "gatewayresponse.header.Retry-After": retryAfter } }),
    });
  });

  it("keeps API Gateway's status and words of a 4xx that may mean several things", () => {
    const of4xx = resourcesOf("AWS::ApiGateway::GatewayResponse").filter(
      ({ ResponseType }) => ResponseType === "DEFAULT_4XX",
    );
    expect(of4xx).toEqual([
      expect.objectContaining({
        ResponseTemplates: {
          "application/json": '{"error":$context.error.messageString,"code":"BAD_REQUEST"}',
        },
      }),
    ]);
    expect(of4xx[0]).not.toHaveProperty("StatusCode");
  });
});

describe("the flow", () => {
  it("hides what was taken for 300 s, and puts it aside after three receives", () => {
    template.hasResourceProperties("AWS::SQS::Queue", {
      VisibilityTimeout: 300,
      SqsManagedSseEnabled: true,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 3 }),
    });
  });

  it("answers for each delivery of a batch, well within that time", () => {
    for (const mapping of resourcesOf("AWS::Lambda::EventSourceMapping")) {
      expect(mapping["FunctionResponseTypes"]).toEqual(["ReportBatchItemFailures"]);
    }
    template.hasResourceProperties("AWS::Lambda::Function", { Timeout: 180 });
  });

  it("brings what the bus takes to the queue", () => {
    template.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: { source: [{ prefix: "surehook." }] },
      Targets: [Match.objectLike({ InputPath: "$.detail" })],
    });
  });
});

describe("what is kept", () => {
  it("can be recovered, and goes by itself", () => {
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it("is the table that the engine works on", () => {
    const [table] = resourcesOf("AWS::DynamoDB::Table").filter(
      ({ KeySchema }) => JSON.stringify(KeySchema) === '[{"AttributeName":"pk","KeyType":"HASH"}]',
    );
    const expected = Object.entries<IndexShape>(tableShape.indexes).map(
      ([IndexName, { partition, sort, copies }]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: partition[0], KeyType: "HASH" },
          ...(sort === undefined ? [] : [{ AttributeName: sort[0], KeyType: "RANGE" }]),
        ],
        Projection:
          copies.length === 0
            ? { ProjectionType: "KEYS_ONLY" }
            : { ProjectionType: "INCLUDE", NonKeyAttributes: copies },
      }),
    );
    expect(table?.["GlobalSecondaryIndexes"]).toEqual(expected);
    const keys = Object.values<IndexShape>(tableShape.indexes).flatMap(({ partition, sort }) =>
      sort === undefined ? [partition] : [partition, sort],
    );
    expect(table?.["AttributeDefinitions"]).toEqual(
      [tableShape.partition, ...keys].map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
    );
  });

  it("is the table that a destination describes, by its name", () => {
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      TableName: "WebhookEvents",
      KeySchema: [
        { AttributeName: "eventId", KeyType: "HASH" },
        { AttributeName: "timestamp", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "eventId", AttributeType: "S" },
        { AttributeName: "timestamp", AttributeType: "N" },
      ],
    });
  });

  it("moves to Glacier after 90 days where it is the archive, and ends where it is a body", () => {
    template.hasResourceProperties("AWS::S3::Bucket", {
      LifecycleConfiguration: {
        Rules: [
          {
            Id: "archive-stripe",
            Prefix: "stripe/",
            Status: "Enabled",
            Transitions: [{ StorageClass: "GLACIER", TransitionInDays: 90 }],
          },
          { Id: "bodies", Prefix: "bodies/", Status: "Enabled", ExpirationInDays: 44 },
        ],
      },
    });
  });

  it("is encrypted everywhere", () => {
    for (const table of resourcesOf("AWS::DynamoDB::Table")) {
      expect(table["SSESpecification"]).toEqual({ SSEEnabled: true });
    }
    for (const bucket of resourcesOf("AWS::S3::Bucket")) {
      expect(JSON.stringify(bucket["BucketEncryption"])).toContain("AES256");
    }
    for (const topic of resourcesOf("AWS::SNS::Topic")) {
      expect(topic).toHaveProperty("KmsMasterKeyId");
    }
    for (const queue of resourcesOf("AWS::SQS::Queue")) {
      expect(queue["SqsManagedSseEnabled"]).toBe(true);
    }
  });

  it("is reached by TLS only", () => {
    const policies = ["S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy"].flatMap((type) =>
      resourcesOf(`AWS::${type}`),
    );
    expect(policies).toHaveLength(5);
    for (const policy of policies) {
      expect(JSON.stringify(policy)).toContain('"Bool":{"aws:SecureTransport":"false"}');
    }
  });

  it.each([
    [false, "Delete"],
    [true, "Retain"],
  ])("stays when the stack goes, if that is asked for: %s", (retain, policy) => {
    const built = build({ gateway: everything, retain, secretNames: ["TENANT_A"] }).template;
    const kept = ["DynamoDB::Table", "S3::Bucket", "Logs::LogGroup", "SecretsManager::Secret"];
    for (const type of kept) built.allResources(`AWS::${type}`, { DeletionPolicy: policy });
    built.resourceCountIs("Custom::SurehookCleanUp", retain ? 0 : 1);
  });
});

describe("functions", () => {
  const lambdas = resourcesOf("AWS::Lambda::Function");

  it("run Node.js 24 on ARM, with an encrypted environment and a log of their own", () => {
    expect(lambdas.length).toBe(9);
    for (const lambda of lambdas) {
      expect(lambda["Runtime"]).toBe("nodejs24.x");
      expect(lambda["Architectures"]).toEqual(["arm64"]);
      expect(lambda).toHaveProperty("KmsKeyArn");
      expect(lambda).toHaveProperty("LoggingConfig.LogGroup");
    }
    for (const log of resourcesOf("AWS::Logs::LogGroup")) expect(log["RetentionInDays"]).toBe(30);
  });

  it("have a role each", () => {
    const roles = lambdas.map(({ Role }) => JSON.stringify(Role));
    expect(new Set(roles).size).toBe(lambdas.length);
    for (const role of resourcesOf("AWS::IAM::Role")) {
      const text = JSON.stringify(role);
      if (text.includes("lambda.amazonaws.com"))
        expect(role).not.toHaveProperty("ManagedPolicyArns");
    }
  });

  it("may do nothing everywhere, and nothing without a name", () => {
    const statements = resourcesOf("AWS::IAM::Policy").flatMap(
      ({ PolicyDocument }): readonly Statement[] => PolicyDocument?.["Statement"] ?? [],
    );
    expect(statements.length).toBeGreaterThan(20);
    expect(statements.filter(({ Resource }) => Resource === "*")).toEqual([]);
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^[a-z0-9]+:\*$|^\*$/.test(action))).toEqual([]);
  });

  it("have no secret in their environment", () => {
    for (const lambda of lambdas) {
      const text = JSON.stringify(lambda["Environment"]);
      expect(text).not.toContain("resolve:secretsmanager");
    }
  });
});

describe("secrets", () => {
  it("come filled from parameters that are shown nowhere", () => {
    const built = build(
      { gateway: gatewayOf() },
      {
        secrets: (stack) => ({
          STRIPE_WEBHOOK_SECRET: {
            parameter: new CfnParameter(stack, "Given", { noEcho: true, default: "" }),
          },
        }),
      },
    ).template;
    built.resourceCountIs("AWS::SecretsManager::Secret", 1);
    built.hasResourceProperties("AWS::SecretsManager::Secret", {
      SecretString: { "Fn::If": [Match.anyValue(), { Ref: "Given" }, { Ref: "AWS::NoValue" }] },
    });
    const text = JSON.stringify(built.findResources("AWS::Lambda::Function"));
    expect(text).not.toContain('"Ref":"Given"');
  });

  it("are a field of a secret that is there", () => {
    const built = build(
      { gateway: gatewayOf() },
      {
        secrets: (stack) => ({
          STRIPE_WEBHOOK_SECRET: {
            secret: Secret.fromSecretNameV2(stack, "There", "dev/stripe"),
            field: "signing",
          },
        }),
      },
    ).template;
    built.resourceCountIs("AWS::SecretsManager::Secret", 0);
  });
});

describe("the command line", () => {
  it("is told where the senders' secrets are, and only that", () => {
    const [given, ...others] = Object.entries(template.findOutputs("SurehookSecrets0"));
    expect(others).toEqual([]);
    expect(JSON.stringify(given)).toContain("GatewaySecretsSources");
    const { template: fields } = build(
      { gateway: gatewayOf() },
      {
        secrets: (stack) => ({
          STRIPE_WEBHOOK_SECRET: {
            secret: Secret.fromSecretNameV2(stack, "There", "dev/stripe"),
            field: "signing",
          },
        }),
      },
    );
    const told = JSON.stringify(fields.findOutputs("SurehookSecrets0"));
    expect(told).toContain("STRIPE_WEBHOOK_SECRET");
    expect(told).toContain("signing");
  });
});

describe("a gateway of a hundred senders", () => {
  const names = Array.from({ length: 100 }, (_, n) => `sender${n}`);
  const many = names.map((name) => {
    const secrets = [secret(`WEBHOOK_SECRET_OF_${name.toUpperCase()}`)];
    return [name, stripe({ path: `/webhooks/${name}`, secrets })] as const;
  });
  const { template: large } = build({ gateway: gatewayOf({}, Object.fromEntries(many)) });

  it("keeps within what AWS takes of a function's environment, policy and secret", () => {
    for (const { Properties } of Object.values(large.findResources("AWS::Lambda::Function"))) {
      const text = JSON.stringify(Properties.Environment ?? {});
      expect(Buffer.byteLength(text)).toBeLessThan(4096);
    }
    const permissions = Object.values(large.findResources("AWS::Lambda::Permission"));
    const ofApi = permissions.filter(
      ({ Properties }) => Properties.Principal === "apigateway.amazonaws.com",
    );
    expect(ofApi).toHaveLength(1);
    for (const { Properties } of Object.values(
      large.findResources("AWS::SecretsManager::Secret"),
    )) {
      expect(Properties.Description.length).toBeLessThanOrEqual(2048);
    }
    expect(Object.keys(large.toJSON().Resources).length).toBeLessThan(500);
  });
});

describe("tokens", () => {
  it("are renewed when Parameter Store says that they end", () => {
    template.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: {
        source: ["aws.ssm"],
        "detail-type": ["Parameter Store Policy Action"],
        detail: {
          "parameter-name": ["/surehook/Test/crm"],
          "policy-type": ["ExpirationNotification", "Expiration"],
        },
      },
    });
  });
});

describe("alarms", () => {
  it("watch what died, what waits, and what fails or is held back in each function", () => {
    const watched = resourcesOf("AWS::CloudWatch::Alarm").map(({ MetricName }) => MetricName);
    const howMany = (name: string) => watched.filter((metric) => metric === name).length;
    expect(howMany("ApproximateNumberOfMessagesVisible")).toBe(1);
    expect(howMany("ApproximateAgeOfOldestMessage")).toBe(1);
    expect([howMany("Errors"), howMany("Throttles")]).toEqual([8, 8]);
    expect(watched).toHaveLength(19);
  });

  it("ring when an event comes to the archive, however soon it is there", () => {
    const [archiver] = Object.entries(template.findResources("AWS::Lambda::Function")).flatMap(
      ([id]) => (id.includes("Archiver") ? [id] : []),
    );
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      Namespace: "AWS/Lambda",
      MetricName: "Invocations",
      Dimensions: [{ Name: "FunctionName", Value: { Ref: archiver } }],
      Statistic: "Sum",
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
    });
    const [deadLetters] = Object.keys(template.findResources("AWS::SQS::Queue")).filter((id) =>
      id.includes("DeadLetters"),
    );
    // It runs for what died, and for nothing else.
    const sources = resourcesOf("AWS::Lambda::EventSourceMapping").filter(
      ({ FunctionName }) => JSON.stringify(FunctionName) === JSON.stringify({ Ref: archiver }),
    );
    expect(sources.map(({ EventSourceArn }) => EventSourceArn)).toEqual([
      { "Fn::GetAtt": [deadLetters, "Arn"] },
    ]);
  });
});

describe("the firewall", () => {
  const waf = all.beside("waf") ?? Template.fromJSON({});
  const [acl] = Object.values(waf.findResources("AWS::WAFv2::WebACL"));
  const [rule, ...others] = acl?.["Properties"].Rules ?? [];

  it("looks at the paths with a list only, decoded", () => {
    expect(others).toEqual([]);
    const [isPath] = rule.Statement.AndStatement.Statements;
    expect(isPath.RegexMatchStatement).toMatchObject({
      FieldToMatch: { UriPath: {} },
      TextTransformations: [{ Type: "URL_DECODE" }, { Type: "NORMALIZE_PATH" }],
    });
    const pattern = new RegExp(isPath.RegexMatchStatement.RegexString);
    expect(pattern.test("/prod/webhook")).toBe(true);
    expect(pattern.test("/prod/tenants/a")).toBe(false);
  });

  it("lets in the list's addresses, and behind CloudFront those that CloudFront wrote last", () => {
    const [, { NotStatement }] = rule.Statement.AndStatement.Statements;
    const [bySource, byCloudFront] = NotStatement.Statement.OrStatement.Statements;
    expect(bySource.IPSetReferenceStatement).not.toHaveProperty("IPSetForwardedIPConfig");
    const [shows, forwarded] = byCloudFront.AndStatement.Statements;
    expect(shows.ByteMatchStatement).toMatchObject({
      FieldToMatch: { SingleHeader: { Name: "x-surehook-origin" } },
      PositionalConstraint: "EXACTLY",
    });
    expect(JSON.stringify(shows.ByteMatchStatement.SearchString)).toContain(
      "{{resolve:secretsmanager:",
    );
    expect(forwarded.IPSetReferenceStatement.IPSetForwardedIPConfig).toEqual({
      HeaderName: "X-Forwarded-For",
      Position: "LAST",
      FallbackBehavior: "NO_MATCH",
    });
    expect(rule.Action).toEqual({ Block: {} });
  });

  it("stands at the API's stage", () => {
    waf.resourceCountIs("AWS::WAFv2::WebACLAssociation", 1);
  });

  it("can be a matter of parameters, and is off until they say otherwise", () => {
    const source = hmac({
      path: "/webhook",
      header: "x-signature",
      type: { header: "x-event-type" },
      secrets,
    });
    const { beside } = build({ gateway: gatewayOf({}, { source }), allowListByParameters: true });
    const built = beside("waf") ?? Template.fromJSON({});
    expect(Object.keys(built.toJSON()["Parameters"])).toEqual(
      expect.arrayContaining(["EnableWebhookIpAllowList", "AllowedWebhookCidrs"]),
    );
    for (const type of ["WebACL", "IPSet", "WebACLAssociation"]) {
      built.allResources(`AWS::WAFv2::${type}`, { Condition: Match.stringLikeRegexp("Enabled") });
    }
  });
});

describe("CloudFront", () => {
  const cdn = all.beside("cdn") ?? Template.fromJSON({});
  const [distribution] = Object.values(cdn.findResources("AWS::CloudFront::Distribution"));
  const config = distribution?.["Properties"].DistributionConfig;

  it("caches nothing, and passes all headers on but Host", () => {
    expect(config.DefaultCacheBehavior).toMatchObject({
      // Managed policies: CachingDisabled and AllViewerExceptHostHeader.
      CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      ViewerProtocolPolicy: "https-only",
    });
    expect(config.DefaultCacheBehavior.AllowedMethods).toContain("POST");
  });

  it("leads to the stage, and shows its secret there", () => {
    const [origin] = config.Origins;
    expect(origin.OriginPath).toBe("/prod");
    const [header] = origin.OriginCustomHeaders;
    expect(header.HeaderName).toBe("x-surehook-origin");
    expect(JSON.stringify(header.HeaderValue)).toContain("{{resolve:secretsmanager:");
  });

  it("says its domain", () => {
    cdn.hasOutput("CloudFrontDomainName", {});
  });
});

describe("live clients", () => {
  it("get events by a topic, and have a table of who is connected", () => {
    template.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "lambda" });
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      KeySchema: [{ AttributeName: "connectionId", KeyType: "HASH" }],
    });
    const routes = resourcesOf("AWS::ApiGatewayV2::Route").map(({ RouteKey }) => RouteKey);
    expect(routes.sort()).toEqual(["$connect", "$default", "$disconnect"]);
  });
});

it("tells every function, and the command line, over how many partitions what waits is spread", () => {
  const spread = build({ gateway: everything, secretNames: ["TENANT_A"], shards: 64 }).template;
  const functions = spread.findResources("AWS::Lambda::Function");
  const told = Object.values(functions).map(
    ({ Properties }) => Properties.Environment?.Variables?.SUREHOOK_SHARDS,
  );
  // The CDK has functions of its own in a stack.
  expect(told.filter((shards) => shards === "64").length).toBeGreaterThanOrEqual(8);
  spread.hasOutput("SurehookShards", { Value: "64" });
});

it("two gateways of one app are told apart by their suffix", () => {
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  const stacks = ["dev", "prod"].map((environmentSuffix) => {
    const stack = new Stack(app, environmentSuffix);
    const gateway = gatewayOf({ table: dynamodb({ table: "WebhookEvents" }) });
    const functionNames = { receiver: "Receiver" };
    const entry = "surehook.config.ts";
    new Surehook(stack, "Gateway", { gateway, entry, environmentSuffix, functionNames });
    return stack;
  });
  const names = stacks.map((stack) => {
    const text = JSON.stringify(Template.fromStack(stack).toJSON());
    return [...text.matchAll(/"(?:TableName|FunctionName)":"([^"]+)"/g)].map(([, name]) => name);
  });
  expect(names).toEqual([
    ["Receiver-dev", "WebhookEvents-dev"],
    ["Receiver-prod", "WebhookEvents-prod"],
  ]);
});
