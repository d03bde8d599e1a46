/** What functions are told fits where it is told, however long the names are that a deployment makes. */
import { CfnParameter, Stack } from "aws-cdk-lib";
import type { Template } from "aws-cdk-lib/assertions";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { secret } from "surehook";
import type { SecretPlace } from "surehook/cdk";
import { describe, expect, it } from "vitest";
import { dynamodb, s3, sqs } from "../../src/destinations/index.ts";
import { secretPlaces } from "../../src/net/aws/secrets.ts";
import { stripe } from "../../src/providers/index.ts";
import { build, gatewayOf } from "./stacks.ts";

/** All variables of a function together, by AWS. */
const mostOfEnvironment = 4_096;
/** A parameter of the standard tier. */
const mostOfParameter = 4_096;

type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties?: never }>>;

const account = "123456789012";
const region = "us-gov-west-1";
const pseudo: Readonly<Record<string, string>> = {
  "AWS::AccountId": account,
  "AWS::Region": region,
  "AWS::Partition": "aws-us-gov",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::StackName": "s".repeat(128),
};
const arn = (service: string, name: string) =>
  `arn:aws-us-gov:${service}:${region}:${account}:${name}`;

/** What a resource is called in a stack whose name is as long as AWS takes it. */
const namesOf: Readonly<Record<string, (made: (most: number) => string) => string>> = {
  "AWS::DynamoDB::Table": (made) => made(255),
  "AWS::S3::Bucket": (made) => made(63),
  "AWS::SQS::Queue": (made) => `https://sqs.${region}.amazonaws.com/${account}/${made(80)}`,
  "AWS::SSM::Parameter": () => `/surehook/${"s".repeat(128)}/told/0123456789ab`,
  "AWS::SecretsManager::Secret": (made) => arn("secretsmanager", `secret:${made(512).slice(129)}`),
  "AWS::Events::EventBus": (made) => made(256),
  "AWS::ApiGateway::RestApi": () => "0123456789",
};

/** A value of a template as it is deployed, at its longest. */
function deployed(value: unknown, resources: Resources): string {
  if (typeof value === "string") return value;
  const [[kind, of] = []] = Object.entries(value as object);
  if (kind === "Fn::Join") {
    const [between, parts] = of as [string, unknown[]];
    return parts.map((part) => deployed(part, resources)).join(between);
  }
  const id: string = kind === "Fn::GetAtt" ? of[0] : of;
  const known = pseudo[id];
  if (known !== undefined) return known;
  const name = namesOf[resources[id]?.Type ?? ""];
  if (name === undefined) throw new Error(`${kind} of ${id}, a ${resources[id]?.Type}`);
  const made = (most: number) => `${"s".repeat(128)}-${id}-0123456789AB`.slice(0, most);
  return kind === "Fn::GetAtt" && of[1] === "QueueName" ? made(80) : name(made);
}

function environments(template: Template): readonly (readonly [string, Record<string, string>])[] {
  const { Resources } = template.toJSON() as { Resources: Resources };
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== "AWS::Lambda::Function") return [];
    const { Environment = { Variables: {} } } = Properties as unknown as {
      Environment?: { Variables: Record<string, unknown> };
    };
    const texts = Object.entries(Environment.Variables).map(([name, value]) => [
      name,
      deployed(value, Resources),
    ]);
    return [[id, Object.fromEntries(texts)]];
  });
}

function bytesOf(variables: Readonly<Record<string, string>>): number {
  return Buffer.byteLength(Object.entries(variables).flat().join(""));
}

/** As many destinations of a kind, with names as a person gives them. */
function many<T>(kind: string, count: number, make: (name: string) => T): Record<string, T> {
  const names = Array.from({ length: count }, (_, n) => `${kind}-of-customer-${n}`);
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

describe("a gateway of a hundred destinations on AWS", () => {
  const tables = many("events", 34, (table) => dynamodb({ table, payloadBucket: "payloads" }));
  const buckets = many("kept", 33, (bucket) => s3({ bucket }));
  const queues = many("told", 33, (name) =>
    sqs({ queueUrl: `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}` }),
  );
  const { template } = build(
    { gateway: gatewayOf({ ...tables, ...buckets, ...queues }), environmentSuffix: "staging" },
    {
      existing: (stack: Stack) => ({
        queues: Object.fromEntries(
          Object.keys(queues).map((name) => [name, new Queue(stack, `Own-${name}`)]),
        ),
      }),
    },
  );
  const { Resources } = template.toJSON() as { Resources: Resources };
  const kept = Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === "AWS::SSM::Parameter"
      ? deployed((Properties as unknown as { Value: unknown }).Value, Resources)
      : [],
  );

  it("has environments that AWS takes", () => {
    for (const [id, variables] of environments(template)) {
      expect(bytesOf(variables), id).toBeLessThanOrEqual(mostOfEnvironment);
    }
  });

  it("tells the consumer of each by parameters, none longer than AWS takes", () => {
    const told: Record<string, object> = Object.assign({}, ...kept.map((text) => JSON.parse(text)));
    expect(Object.keys(told)).toHaveLength(100);
    expect(told["events-of-customer-7"]).toEqual({
      table: expect.stringMatching(/./),
      payloadBucket: expect.stringMatching(/./),
    });
    for (const text of kept) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostOfParameter);
    const named = environments(template).filter(([, one]) => "SUREHOOK_RESOURCE_PARAMETERS" in one);
    expect(named.map(([id]) => id)).toEqual([expect.stringContaining("Consumer")]);
    expect(named[0]?.[1]["SUREHOOK_RESOURCE_PARAMETERS"]?.split(",")).toHaveLength(kept.length);
  });

  it("is as large as a stack may be", () => {
    expect(Object.keys(Resources).length).toBeLessThan(500);
  });
});

describe("secrets that are too many for a variable", () => {
  const names = Array.from({ length: 60 }, (_, n) => `WEBHOOK_SECRET_OF_SENDER_${n}`);
  const sources = Object.fromEntries(
    names.map((name, n) => [`s${n}`, stripe({ path: `/s${n}`, secrets: [secret(name)] })]),
  );
  const gateway = gatewayOf({}, sources);
  const placed =
    (place: (stack: Stack, name: string, n: number) => SecretPlace) => (stack: Stack) =>
      Object.fromEntries(names.map((name, n) => [name, place(stack, name, n)]));
  const ofOne = (stack: Stack) => Secret.fromSecretNameV2(stack, "All", "prod/all");

  it.each([
    [
      "each in a secret of its own",
      placed((stack, name) => ({
        secret: Secret.fromSecretNameV2(stack, name, `prod/${name}`),
        field: "signing",
      })),
    ],
    [
      "each filled by a parameter",
      placed((stack, name) => ({
        parameter: new CfnParameter(stack, name.replaceAll("_", ""), { noEcho: true }),
      })),
    ],
    [
      "all of them fields of one",
      (stack: Stack) => {
        const one = ofOne(stack);
        return placed((_, name) => ({ secret: one, field: `the-field-of-${name}` }))(stack);
      },
    ],
  ])("are told by parameters: %s", (_, secrets) => {
    const { template } = build({ gateway }, { secrets });
    const { Resources } = template.toJSON() as { Resources: Resources };
    for (const [id, variables] of environments(template)) {
      expect(bytesOf(variables), id).toBeLessThanOrEqual(mostOfEnvironment);
      expect(variables).not.toHaveProperty("SUREHOOK_SECRETS");
    }
    const parameters = Object.entries(Resources).filter(
      ([, { Type }]) => Type === "AWS::SSM::Parameter",
    );
    const told = parameters.flatMap(([, { Properties }]) => {
      const text = deployed((Properties as unknown as { Value: unknown }).Value, Resources);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostOfParameter);
      return secretPlaces.parse(JSON.parse(text));
    });
    const known = told.flatMap(({ name, fields = {} }) => name ?? Object.keys(fields));
    expect(known.sort()).toEqual(names.toSorted());
    // What is too long for a role's own policy is one beside it.
    const policies = Object.entries(Resources).filter(
      ([id, { Type }]) => id.startsWith("GatewayReceiver") && /Policy$/.test(Type),
    );
    const allowed = JSON.stringify(policies);
    for (const [id] of parameters) expect(allowed).toContain(id);
    expect(allowed).toContain("ssm:GetParameters");
  });

  it("are told by a variable where they are few, and nothing more is read at a start", () => {
    const few = {
      STRIPE_WEBHOOK_SECRET: { secret: Secret.fromSecretNameV2(new Stack(), "One", "prod/one") },
    };
    const { template } = build({ gateway: gatewayOf() }, { secrets: () => few });
    template.resourceCountIs("AWS::SSM::Parameter", 0);
    const told = environments(template).flatMap(([, one]) => one["SUREHOOK_SECRETS"] ?? []);
    expect(told).toHaveLength(1);
  });
});

describe("variables that Lambda wouldn't take", () => {
  it("are refused where the environment has more, of every function", () => {
    const built = build({ gateway: gatewayOf(), environment: { LONG: "x".repeat(5_000) } });
    for (const name of ["Receiver", "Consumer", "Sweeper", "Archiver"]) {
      expect(() => built.app.synth()).toThrow(
        new RegExp(`function ${name} have .*the largest: LONG 5004`),
      );
    }
  });

  it("are refused where they are added later", () => {
    const built = build({ gateway: gatewayOf() });
    expect(() => built.app.synth()).not.toThrow();
    const later = build({ gateway: gatewayOf() });
    later.gateway.functions.sweeper.setVariable("LONG", "x".repeat(5_000));
    expect(() => later.app.synth()).toThrow(/function Sweeper have/);
  });
});

describe("a gateway of few destinations", () => {
  it("tells the consumer by a variable, and reads nothing at its start", () => {
    const { template } = build({ gateway: gatewayOf({ table: dynamodb({ table: "Events" }) }) });
    template.resourceCountIs("AWS::SSM::Parameter", 0);
    const told = environments(template).flatMap(([, one]) => one["SUREHOOK_RESOURCES"] ?? []);
    expect(told).toHaveLength(1);
  });
});
