/** Exactly what each function may do, so that one right more is a decision that stands here too. */
import { expect, it } from "vitest";
import { build, gatewayOfEverything } from "./stacks.ts";

/** Lambda takes from the queue by the function's role. */
const taking =
  "sqs: ChangeMessageVisibility, DeleteMessage, GetQueueAttributes, GetQueueUrl, ReceiveMessage";
const parameter = "arn:aws:ssm:eu-west-1:000000000000:parameter/surehook/Test/crm";
const connections =
  "arn:aws:execute-api:eu-west-1:000000000000:LiveClientsApi/prod/*/@connections/*";

/** Besides writing its log and reading its encrypted environment, which each may. */
const expected = {
  Receiver: {
    StoreTable: "dynamodb: DeleteItem, GetItem, PutItem, UpdateItem",
    "StoreBucket/bodies/*": "s3: PutObject",
    FlowBus: "events: PutEvents",
    SecretsSources: "secretsmanager: GetSecretValue",
    SecretsSUREHOOKKEY: "secretsmanager: GetSecretValue",
    SecretsSUREHOOKORIGIN: "secretsmanager: GetSecretValue",
  },
  Consumer: {
    Key: "kms: Decrypt, GenerateDataKey",
    StoreTable: "dynamodb: GetItem, PutItem, UpdateItem",
    "StoreTable/index/byId": "dynamodb: Query",
    StoreBucket: "s3: ListBucket",
    "StoreBucket/bodies/*": "s3: GetObject",
    FlowQueue:
      "sqs: ChangeMessageVisibility, DeleteMessage, GetQueueAttributes, GetQueueUrl, ReceiveMessage, SendMessage",
    FlowDeadLetters: "sqs: SendMessage",
    DestinationsTabletable: "dynamodb: PutItem",
    "StoreBucket/payloads/*": "s3: PutObject",
    "DestinationsBucketkept/*": "s3: GetObject, PutObject",
    "arn:aws:sqs:eu-west-1:111122223333:out": "sqs: SendMessage",
    "arn:aws:sns:eu-west-1:111122223333:told": "sns: Publish",
    "arn:aws:events:eu-west-1:000000000000:event-bus/orders": "events: DescribeEventBus, PutEvents",
    LiveClientsTopic: "sns: Publish",
    [parameter]: "ssm: PutParameter",
    SecretsDestinations: "secretsmanager: GetSecretValue",
    SecretsSUREHOOKKEY: "secretsmanager: GetSecretValue",
  },
  Sweeper: {
    StoreTable: "dynamodb: GetItem, PutItem, UpdateItem",
    "StoreTable/index/waiting": "dynamodb: Query",
    StoreBucket: "s3: ListBucket",
    "StoreBucket/bodies/*": "s3: GetObject, PutObject",
    FlowQueue: "sqs: SendMessage",
  },
  Archiver: {
    StoreTable: "dynamodb: GetItem, UpdateItem",
    "StoreTable/index/byId": "dynamodb: Query",
    StoreBucket: "s3: ListBucket",
    "StoreBucket/*": "s3: GetObject, PutObject",
    FlowDeadLetters: taking,
  },
  Authorizer: {},
  Live: {
    LiveClients: "dynamodb: DeleteItem, GetItem, PutItem, UpdateItem",
    StoreTable: "dynamodb: GetItem",
    "StoreTable/index/byId": "dynamodb: Query",
    "StoreTable/index/byDay": "dynamodb: Query",
    StoreBucket: "s3: ListBucket",
    "StoreBucket/bodies/*": "s3: GetObject",
    [connections]: "execute-api: ManageConnections",
    SecretsDestinations: "secretsmanager: GetSecretValue",
  },
  Broadcaster: {
    LiveClients: "dynamodb: DeleteItem, GetItem, Scan, UpdateItem",
    [connections]: "execute-api: ManageConnections",
  },
  Refresher: {
    StoreTable: "dynamodb: GetItem, PutItem, UpdateItem",
    [parameter]: "ssm: PutParameter",
    SecretsDestinations: "secretsmanager: GetSecretValue",
    SecretsSUREHOOKKEY: "secretsmanager: GetSecretValue",
  },
  CleanUpCleaner: {
    StoreBucket: "s3: ListBucket",
    "StoreBucket/*": "s3: DeleteObject",
    DestinationsBucketkept: "s3: ListBucket",
    "DestinationsBucketkept/*": "s3: DeleteObject",
    [parameter]: "ssm: DeleteParameter",
  },
};

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
};

/** A resource as the template calls it, without what makes its name unique. */
function nameOf(resource: unknown): string {
  if (typeof resource === "string") return resource;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join } = Object(resource);
  if (join !== undefined) return join[1].map(nameOf).join("");
  const name: string = Ref ?? attribute[0];
  return name.replace(/^Gateway(.+)[0-9A-F]{8}$/, "$1").replace("AWS::Partition", "aws");
}

/** What a policy allows on each resource, after the name of the service. */
function rightsIn(statements: readonly Statement[]): Record<string, string> {
  const pairs = statements.flatMap((statement) => {
    expect([statement.Effect, statement.Condition]).toEqual(["Allow", undefined]);
    const actions = [statement.Action].flat();
    return [statement.Resource].flat().map((resource) => ({ on: nameOf(resource), actions }));
  });
  const groups = Map.groupBy(pairs, ({ on }) => on);
  return Object.fromEntries([...groups].map(([on, list]) => [on, inWords(list)]));
}

function inWords(list: readonly { readonly actions: readonly string[] }[]): string {
  const actions = new Set(list.flatMap((one) => one.actions));
  const [service] = [...actions][0]?.split(":") ?? [];
  const names = [...actions].map((action) => action.replace(`${service}:`, ""));
  return `${service}: ${names.sort().join(", ")}`;
}

it("each function may do what stands here, and nothing else", () => {
  const { template } = build({ gateway: gatewayOfEverything(), cdn: true });
  const policies = template.findResources("AWS::IAM::Policy");
  const found = Object.entries(policies).map(([id, { Properties }]) => {
    const role = id.replace(/^Gateway(.+)RoleDefaultPolicy.*$/, "$1");
    const { [`${role}Log`]: log, ...rights } = rightsIn(Properties.PolicyDocument.Statement);
    expect(log).toBe("logs: CreateLogStream, PutLogEvents");
    return [role, rights] as const;
  });
  const ofEach = (rights: object) => ({ Key: "kms: Decrypt", ...rights });
  const wanted = Object.entries(expected).map(([role, rights]) => [role, ofEach(rights)]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
});

it("no role has rights by a policy of its own or of AWS, but the one by which API Gateway writes logs", () => {
  const { template } = build({ gateway: gatewayOfEverything(), cdn: true });
  const roles = template.findResources("AWS::IAM::Role");
  const others = Object.entries(roles).filter(
    ([, { Properties }]) => Properties.ManagedPolicyArns ?? Properties.Policies,
  );
  expect(others.map(([id]) => id)).toEqual([expect.stringMatching(/^GatewayApi/)]);
});
