/** The functions of a gateway, and what each may do: nothing that it doesn't. */
import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import type { Flow } from "./flow.ts";
import {
  type FunctionRole,
  type FunctionSettings,
  GatewayFunction,
  shareOf,
} from "./gateway-function.ts";
import type { Plan } from "./plan.ts";
import type { Store } from "./store.ts";

/** Those that each gateway has, and those that its definition asks for. */
export type GatewayFunctions = {
  readonly receiver: GatewayFunction;
  readonly consumer: GatewayFunction;
  readonly sweeper: GatewayFunction;
  readonly archiver: GatewayFunction;
  readonly authorizer: GatewayFunction | undefined;
  readonly live: GatewayFunction | undefined;
  readonly broadcaster: GatewayFunction | undefined;
  readonly refresher: GatewayFunction | undefined;
};

/** Which functions a plan has. */
export function rolesOf(plan: Plan): Exclude<FunctionRole, "cleaner">[] {
  return [
    "receiver",
    "consumer",
    "sweeper",
    "archiver",
    ...(plan.paths.some(({ isAuthorized }) => isAuthorized) ? (["authorizer"] as const) : []),
    ...(plan.live === undefined ? [] : (["live", "broadcaster"] as const)),
    ...(plan.tokens.length === 0 ? [] : (["refresher"] as const)),
  ];
}

/** What they work on. */
export type Surroundings = {
  readonly settings: FunctionSettings;
  readonly store: Store;
  readonly flow: Flow;
  readonly visibilityTimeout: Duration;
};

/** Makes the functions of a plan, each with its rights on store and flow. */
export function makeFunctions(
  scope: Construct,
  plan: Plan,
  { settings, store, flow, visibilityTimeout }: Surroundings,
): GatewayFunctions {
  const timeouts: Readonly<Record<Exclude<FunctionRole, "cleaner">, Duration>> = {
    receiver: Duration.seconds(25),
    consumer: shareOf(visibilityTimeout, 0.6),
    archiver: shareOf(visibilityTimeout, 0.6),
    sweeper: Duration.seconds(50),
    authorizer: Duration.seconds(5),
    live: Duration.seconds(25),
    broadcaster: Duration.seconds(60),
    refresher: Duration.seconds(60),
  };
  const roles = rolesOf(plan);
  const make = (role: Exclude<FunctionRole, "cleaner">) =>
    new GatewayFunction(scope, titleOf(role), { role, settings, timeout: timeouts[role] });
  const ifAsked = (role: Exclude<FunctionRole, "cleaner">) =>
    roles.includes(role) ? make(role) : undefined;
  const functions: GatewayFunctions = {
    receiver: make("receiver"),
    consumer: make("consumer"),
    sweeper: make("sweeper"),
    archiver: make("archiver"),
    authorizer: ifAsked("authorizer"),
    live: ifAsked("live"),
    broadcaster: ifAsked("broadcaster"),
    refresher: ifAsked("refresher"),
  };
  grantStore(functions, store, plan);
  grantFlow(scope, functions, flow);
  return functions;
}

function titleOf(role: string): string {
  return `${role.slice(0, 1).toUpperCase()}${role.slice(1)}`;
}

function grantStore(functions: GatewayFunctions, { table, bucket }: Store, plan: Plan): void {
  const { receiver, consumer, sweeper, archiver, refresher } = functions;
  const index = (name: string) => `${table.tableArn}/index/${name}`;
  const allow = (one: GatewayFunction | undefined, ...operations: string[]) =>
    one?.allow(
      operations.map((operation) => `dynamodb:${operation}Item`),
      [table.tableArn],
    );
  // What is past the bounds of rejected requests it removes.
  allow(receiver, "Get", "Put", "Update", "Delete");
  allow(sweeper, "Get", "Put", "Update");
  allow(archiver, "Get", "Update");
  // A token is a value of the table.
  allow(consumer, "Get", "Update", ...(plan.tokens.length > 0 ? ["Put"] : []));
  allow(refresher, "Get", "Put", "Update");
  sweeper.allow(["dynamodb:Query"], [index("waiting")]);
  // What a source's module answered is kept by its request's id.
  const byId = [consumer, archiver, ...(plan.responds ? [receiver] : [])];
  for (const one of byId) one.allow(["dynamodb:Query"], [index("byId")]);
  // Of one that isn't there S3 says 403 to who may not list, as if a right were missing.
  for (const one of [consumer, sweeper, archiver]) one.allow(["s3:ListBucket"], [bucket.bucketArn]);
  const bodies = bucket.arnForObjects("bodies/*");
  const ofEvent = "A body's key is made of its event.";
  receiver.allowAll(["s3:PutObject"], bodies, ofEvent);
  consumer.allowAll(["s3:GetObject"], bodies, ofEvent);
  sweeper.allowAll(["s3:GetObject", "s3:PutObject"], bodies, ofEvent);
  const reason =
    "It reads bodies; the archive begins with the provider's name, also of one that the definition has no more.";
  archiver.allowAll(["s3:PutObject", "s3:GetObject"], bucket.arnForObjects("*"), reason);
  for (const one of [receiver, consumer, sweeper, archiver, refresher]) {
    one?.setVariable("SUREHOOK_TABLE", table.tableName);
    one?.setVariable("SUREHOOK_BUCKET", bucket.bucketName);
  }
}

function grantFlow(scope: Construct, functions: GatewayFunctions, flow: Flow): void {
  const { receiver, consumer, sweeper, archiver } = functions;
  flow.bus.grantPutEventsTo(receiver);
  receiver.setVariable("SUREHOOK_BUS", flow.bus.eventBusName);
  for (const one of [consumer, sweeper]) {
    one.allow(["sqs:SendMessage"], [flow.queue.queueArn]);
    one.setVariable("SUREHOOK_QUEUE_URL", flow.queue.queueUrl);
  }
  consumer.allow(["sqs:SendMessage"], [flow.deadLetters.queueArn]);
  consumer.setVariable("SUREHOOK_DEAD_QUEUE_URL", flow.deadLetters.queueUrl);
  const batches = { batchSize: 10, reportBatchItemFailures: true };
  consumer.function.addEventSource(new SqsEventSource(flow.queue, batches));
  archiver.function.addEventSource(new SqsEventSource(flow.deadLetters, batches));
  new Rule(scope, "Sweep", {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(sweeper.function)],
  });
}
