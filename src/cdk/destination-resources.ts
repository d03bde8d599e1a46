import { type RemovalPolicy, Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { GatewayError } from "../core/errors.ts";
import type { GatewayFunction } from "./gateway-function.ts";
import type { Plan, PlannedBucket, PlannedOther, PlannedTable } from "./plan.ts";
import type { ExistingResources } from "./props.ts";
import { destinationTable, safeBucket } from "./store.ts";
import { tellResources } from "./told-resources.ts";

/** What destinations write to. */
export type DestinationResourcesProps = {
  readonly plan: Plan;
  readonly existing: ExistingResources;
  readonly removalPolicy: RemovalPolicy;
  /** Where large payloads of tables go. */
  readonly payloads: Bucket;
  readonly nameOf: (name: string) => string;
};

/** Tables and buckets of the definition's destinations; the consumer is told and granted what it writes to. */
export class DestinationResources extends Construct {
  /** Tables that were made, by their destinations. */
  readonly tables: Readonly<Record<string, Table>>;
  /** Buckets that were made, by their destinations. */
  readonly buckets: Readonly<Record<string, Bucket>>;
  readonly #props: DestinationResourcesProps;

  constructor(scope: Construct, id: string, props: DestinationResourcesProps) {
    super(scope, id);
    this.#props = props;
    const { plan, existing, removalPolicy, nameOf } = props;
    this.tables = madeFor(
      plan.tables.filter(({ destination }) => existing.tables?.[destination] === undefined),
      (planned) => {
        const tableName = planned.name === undefined ? undefined : nameOf(planned.name);
        return destinationTable(this, planned, { tableName, removalPolicy });
      },
    );
    this.buckets = madeFor(
      plan.buckets.filter(({ destination }) => existing.buckets?.[destination] === undefined),
      ({ destination }) => safeBucket(this, `Bucket-${destination}`, { removalPolicy }),
    );
  }

  /** Lets the consumer write to all of them, and tells it their names. */
  give(consumer: GatewayFunction): void {
    const { plan } = this.#props;
    const told = {
      ...Object.fromEntries(
        plan.tables.map((table) => [table.destination, this.#table(table, consumer)]),
      ),
      ...Object.fromEntries(
        plan.buckets.map(({ destination }) => [destination, this.#bucket(destination, consumer)]),
      ),
      ...Object.fromEntries(
        plan.others.map((other) => [other.destination, this.#other(other, consumer)]),
      ),
    };
    const changed = Object.entries(told).filter(([, options]) => Object.keys(options).length > 0);
    if (changed.length > 0) tellResources(this, consumer, changed);
  }

  #table({ destination, hasPayloads }: PlannedTable, consumer: GatewayFunction) {
    const { existing, payloads } = this.#props;
    const table = found(destination, existing.tables?.[destination] ?? this.tables[destination]);
    table.grant(consumer, "dynamodb:PutItem");
    if (!hasPayloads) return { table: table.tableName };
    const objects = payloads.arnForObjects("payloads/*");
    consumer.allowAll(["s3:PutObject"], objects, "A payload's key is made of its event.");
    return { table: table.tableName, payloadBucket: payloads.bucketName };
  }

  #bucket(destination: string, consumer: GatewayFunction) {
    const { existing } = this.#props;
    const bucket = found(destination, existing.buckets?.[destination] ?? this.buckets[destination]);
    const objects = bucket.arnForObjects("*");
    const reason = "The definition says where in it an event is kept.";
    consumer.allowAll(["s3:PutObject", "s3:GetObject"], objects, reason);
    return { bucket: bucket.bucketName };
  }

  #other({ destination, kind, address }: PlannedOther, consumer: GatewayFunction) {
    const { queues, topics, buses } = this.#props.existing;
    const queue = queues?.[destination];
    const topic = topics?.[destination];
    const bus = buses?.[destination];
    if (queue !== undefined) {
      consumer.allow(rights.sqs, [queue.queueArn]);
      queue.encryptionMasterKey?.grant(consumer, "kms:GenerateDataKey", "kms:Decrypt");
      return { queueUrl: queue.queueUrl };
    }
    if (topic !== undefined) {
      topic.grantPublish(consumer);
      return { topicArn: topic.topicArn };
    }
    if (bus !== undefined) {
      consumer.allow(rights.eventbridge, [bus.eventBusArn]);
      return { bus: bus.eventBusArn };
    }
    consumer.allow(rights[kind], [arnOf(Stack.of(this), { destination, kind, address })]);
    return {};
  }
}

/** By their destinations; those that name the same share it, as on one machine. */
function madeFor<T extends PlannedBucket, R>(
  planned: readonly T[],
  make: (one: T) => R,
): Readonly<Record<string, R>> {
  const made = new Map<string, R>();
  for (const one of planned) {
    const { name = one.destination } = one;
    if (!made.has(name)) made.set(name, make(one));
  }
  return Object.fromEntries(
    planned.flatMap(({ destination, name = destination }) => {
      const one = made.get(name);
      return one === undefined ? [] : [[destination, one] as const];
    }),
  );
}

const rights = {
  sqs: ["sqs:SendMessage"],
  sns: ["sns:Publish"],
  eventbridge: ["events:PutEvents", "events:DescribeEventBus"],
} as const;

function found<T>(destination: string, resource: T | undefined): T {
  if (resource !== undefined) return resource;
  throw new GatewayError("INTERNAL", `Nothing was made for the destination ${destination}.`);
}

function arnOf(stack: Stack, { destination, kind, address }: PlannedOther): string {
  if (address?.startsWith("arn:")) return address;
  if (kind === "eventbridge" && address !== undefined) {
    return stack.formatArn({ service: "events", resource: "event-bus", resourceName: address });
  }
  const queue = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\/(\d{12})\/([^/]+)$/.exec(
    address ?? "",
  );
  const [, region, account, resource] = queue ?? [];
  if (region !== undefined && account !== undefined && resource !== undefined) {
    return stack.formatArn({ service: "sqs", region, account, resource });
  }
  throw new GatewayError(
    "CONFIG_INVALID",
    `The destination ${destination} doesn't say in the clear where it leads, so that the consumer can't be let write there. Give it under existing, or write its address into the config.`,
  );
}
