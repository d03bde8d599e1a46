import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from "aws-cdk-lib/aws-dynamodb";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  StorageClass,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { PlannedTable } from "./plan.ts";

type KeyPart = readonly [name: string, type: "S" | "N"];

/** An index: its key, and what it copies beside it. */
type IndexShape = {
  readonly partition: KeyPart;
  readonly sort?: KeyPart;
  readonly copies: readonly string[];
};

/**
 * Indexes of the gateway's table, as the engine asks them: what still owes something, what goes by an
 * id, what came on a day. A test holds them against the engine's.
 */
const tableIndexes: Readonly<Record<string, IndexShape>> = {
  waiting: {
    partition: ["shard", "S"],
    sort: ["nextDueAt", "N"],
    copies: ["id", "kind", "event", "deliveries", "rev"],
  },
  byId: { partition: ["id", "S"], copies: [] },
  byDay: {
    partition: ["day", "S"],
    sort: ["at", "S"],
    copies: ["id", "kind", "request", "event", "deliveries", "rev"],
  },
};

const attributeTypes = { S: AttributeType.STRING, N: AttributeType.NUMBER } as const;

/** What keeps a gateway's events, and what of them is too large for an item or has died. */
export type StoreProps = {
  readonly removalPolicy: RemovalPolicy;
  readonly providers: readonly string[];
  /** How long bodies are kept. */
  readonly retention: Duration;
  /** When the archive's files move to Glacier. */
  readonly glacierAfter: Duration;
};

/** The gateway's table and bucket. */
export class Store extends Construct {
  readonly table: Table;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: StoreProps) {
    super(scope, id);
    const { removalPolicy } = props;
    this.table = new Table(this, "Table", {
      ...safeTable(removalPolicy),
      partitionKey: { name: "pk", type: AttributeType.STRING },
      timeToLiveAttribute: "ttl",
    });
    for (const [indexName, { partition, sort, copies }] of Object.entries(tableIndexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: attribute(partition),
        ...(sort === undefined ? {} : { sortKey: attribute(sort) }),
        ...(copies.length === 0
          ? { projectionType: ProjectionType.KEYS_ONLY }
          : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...copies] }),
      });
    }
    this.bucket = safeBucket(this, "Bucket", {
      removalPolicy,
      lifecycleRules: [...archiveRules(props), bodiesRule(props.retention)],
    });
  }
}

function attribute([name, type]: KeyPart) {
  return { name, type: attributeTypes[type] };
}

/** The archive begins with the provider's name; large payloads that a table refers to stay where they are. */
function archiveRules({ providers, glacierAfter }: StoreProps): LifecycleRule[] {
  return providers.map((provider) => ({
    id: `archive-${provider}`,
    prefix: `${provider}/`,
    transitions: [{ storageClass: StorageClass.GLACIER, transitionAfter: glacierAfter }],
  }));
}

/** Bodies outlive their requests. Those that something still waits for the sweep renews at half of the retention. */
const bodiesOutliveDays = 14;

function bodiesRule(retention: Duration): LifecycleRule {
  const expiration = retention.plus(Duration.days(bodiesOutliveDays));
  return { id: "bodies", prefix: "bodies/", expiration };
}

/** A bucket that only its owner reads, over TLS, encrypted. */
export function safeBucket(
  scope: Construct,
  id: string,
  props: { readonly removalPolicy: RemovalPolicy; readonly lifecycleRules?: LifecycleRule[] },
): Bucket {
  const bucket = new Bucket(scope, id, {
    ...props,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
  });
  acknowledge(bucket, {
    S1: "Only the gateway's functions read and write it, and each has a role of its own; a log of their reads would need a second bucket that nobody reads.",
  });
  return bucket;
}

/** The table of a `dynamodb` destination, by its key in the definition. */
export function destinationTable(
  scope: Construct,
  { destination, key, ttl }: PlannedTable,
  props: { readonly tableName: string | undefined; readonly removalPolicy: RemovalPolicy },
): Table {
  const [partition, sort] = key.map(({ name, type }) => ({ name, type: attributeTypes[type] }));
  return new Table(scope, `Table-${destination}`, {
    ...safeTable(props.removalPolicy),
    partitionKey: partition ?? { name: "id", type: AttributeType.STRING },
    ...(sort === undefined ? {} : { sortKey: sort }),
    ...(ttl === undefined ? {} : { timeToLiveAttribute: ttl }),
    ...(props.tableName === undefined ? {} : { tableName: props.tableName }),
  });
}

function safeTable(removalPolicy: RemovalPolicy) {
  return {
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy,
  };
}
