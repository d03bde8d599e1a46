import { join } from "node:path";
import * as z from "zod";
import type {
  Conflict,
  DestinationContext,
  DestinationDefinition,
  DestinationKind,
} from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { OpenDestination, Outcome, Parcel, SecretRef } from "../core/types.ts";
import {
  type AwsOptions,
  awsSettings,
  clientConfig,
  clientModule,
  openAws,
  regionIn,
} from "./aws.ts";
import { awsFindings, awsForms, awsName } from "./aws-address.ts";
import {
  attributeValue,
  attributeValues,
  eventAttributeNames,
  eventItem,
  eventKey,
  type Item,
  mappedItem,
  type PlannedItem,
} from "./dynamodb-item.ts";
import { openLocalTable } from "./dynamodb-local.ts";
import { fileKeeper } from "./kept-file.ts";
import { localBucket, objectStore } from "./object-store.ts";
import { unusable } from "./secret-ref.ts";
import { type Failed, neededValue, openSending, storeFailure } from "./sending.ts";

/** Options of `dynamodb()`, beside those of every destination. */
export type DynamodbOptions = AwsOptions & {
  readonly table: string | SecretRef;
  readonly mapping?: Readonly<Record<string, string>>;
  readonly key?: readonly string[];
  readonly newerBy?: string;
  readonly ttl?: string;
  readonly payloadBucket?: string | SecretRef;
};

const settings = {
  table: awsName(awsForms.table).describe(
    "The table, by name or ARN. Without a mapping its items are `eventId` (S, partition key; the sender's id, else ours), `timestamp` (N, sort key; when it happened, in seconds), `provider`, `type`, `payload` (the event's text) or `payloadRef`, `processedAt` (N, seconds). The same event twice is one item.",
  ),
  mapping: z
    .record(z.string().min(1), z.string().min(1))
    .refine((mapping) => Object.keys(mapping).length > 0, "at least one attribute")
    .optional()
    .describe(
      'Items of your own: attributes and where their values are in the payload, such as `{ id: "data.object.id" }`; what isn\'t there is left out.',
    ),
  key: z
    .array(z.string().min(1))
    .min(1)
    .max(2)
    .optional()
    .describe("With a mapping, the table's key attributes (default the mapping's first)."),
  newerBy: z
    .string()
    .min(1)
    .optional()
    .describe(
      "With a mapping, an attribute (a number, or text that sorts by time) by which no item is put over one that has a greater value: the delivery is then skipped. Events may come out of order; without it the last that comes stays.",
    ),
  ttl: z
    .string()
    .min(1)
    .optional()
    .describe(
      "With a mapping, the attribute (seconds since 1970) after which DynamoDB removes an item: a table that `surehook/cdk` makes has it as its time to live. A local table removes nothing.",
    ),
  payloadBucket: awsName(awsForms.bucket)
    .optional()
    .describe(
      "Without a mapping, the bucket for payloads over 300 KB or not UTF-8; the item then has `payloadRef` (`s3://bucket/key`). Without it such events fail.",
    ),
  ...awsSettings,
};

const schema = z.object(settings);
const mapped = schema.pick({ mapping: true, key: true, newerBy: true, ttl: true });
type Settings = z.output<typeof schema>;

/** Puts an item for each event into a DynamoDB table. */
export function dynamodb(options: DynamodbOptions): DestinationDefinition {
  return { kind: "destination", type: dynamodbKind, options };
}

/** Amazon DynamoDB as a kind of destination. */
export const dynamodbKind: DestinationKind = {
  name: "dynamodb",
  title: "Amazon DynamoDB",
  settings,
  target: "table",
  concurrency: 10,
  conflicts: (options) => conflictsOf(mapped.parse(options)),
  open: async (options, context) => {
    const plan = planFor(schema.parse(options), context);
    return context.local === undefined
      ? await openTable(plan, context)
      : openLocal(plan, context, context.local.folder);
  },
  check: async (options, context) => {
    const { table, payloadBucket } = schema.parse(options);
    const names = [{ option: "table", given: table, form: awsForms.table }];
    if (payloadBucket === undefined) return awsFindings(context, names, [sdk]);
    const bucket = { option: "payloadBucket", given: payloadBucket, form: awsForms.bucket };
    return awsFindings(context, [...names, bucket], [sdk, "@aws-sdk/client-s3"]);
  },
};

const sdk = "@aws-sdk/client-dynamodb";
/** Attributes that the mapping doesn't have, or that need a mapping. */
function conflictsOf({ mapping, key = [], newerBy, ttl }: z.output<typeof mapped>): Conflict[] {
  const named = { key, newerBy: newerBy ?? [], ttl: ttl ?? [] };
  return Object.entries(named).flatMap(([option, names]) => {
    const stray = [names].flat().find((name) => !Object.hasOwn(mapping ?? {}, name));
    if (stray === undefined) return [];
    const expected = `an attribute of the mapping, which has no ${stray}`;
    return [{ option, expected, from: ["mapping", option] }];
  });
}

const newerThere: Outcome = { kind: "skipped", reason: "the table has a newer item" };

type Plan = {
  readonly given: Settings;
  readonly table: string;
  readonly bucket: string | undefined;
  readonly key: readonly string[];
  readonly attributes: readonly string[];
  readonly itemOf: (parcel: Parcel) => PlannedItem | Failed;
};

function planFor(given: Settings, context: DestinationContext): Plan {
  const { mapping, payloadBucket, newerBy } = given;
  const attributes = mapping === undefined ? eventAttributeNames : Object.keys(mapping);
  const key = mapping === undefined ? eventKey : (given.key ?? attributes.slice(0, 1));
  const bucket =
    payloadBucket === undefined ? undefined : neededValue(context, "payloadBucket", payloadBucket);
  return {
    given,
    table: neededValue(context, "table", given.table),
    bucket,
    key,
    attributes,
    itemOf: (parcel) =>
      mapping === undefined
        ? eventItem(parcel, { bucket, now: context.now() })
        : mappedItem(parcel, mapping, newerBy === undefined ? key : [...key, newerBy]),
  };
}

async function openTable(plan: Plan, context: DestinationContext): Promise<OpenDestination> {
  const { DynamoDBClient, PutItemCommand, ConditionalCheckFailedException } = await clientModule(
    "@aws-sdk/client-dynamodb",
    () => import("@aws-sdk/client-dynamodb"),
    context,
  );
  const { bucket, table, given } = plan;
  const region = given.region ?? regionIn(table);
  const client = new DynamoDBClient(clientConfig({ ...given, region }, context));
  const store = bucket === undefined ? undefined : await objectStore({ ...given, region }, context);
  const clients = store === undefined ? [client] : [client, store.client];
  return openAws(context, clients, async (parcel, abortSignal) => {
    const planned = plan.itemOf(parcel);
    if ("kind" in planned) return planned;
    // Before the item: a reference never leads nowhere.
    if (planned.aside && bucket !== undefined) {
      const put = { bucket, key: planned.aside.key, parcel, onlyIfFree: false };
      await store?.put(put, abortSignal);
    }
    const input = { TableName: table, ...putOf(planned.item, given.newerBy) };
    try {
      await client.send(new PutItemCommand(input), { abortSignal });
      return { kind: "delivered" };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return newerThere;
      throw error;
    }
  });
}

function putOf(item: Item, newerBy: string | undefined) {
  if (newerBy === undefined) return { Item: attributeValues(item) };
  return {
    Item: attributeValues(item),
    // Of equal times the later comes: an attempt that is made again, or a second change within one second.
    ConditionExpression: "attribute_not_exists(#by) OR #by <= :by",
    ExpressionAttributeNames: { "#by": newerBy },
    ExpressionAttributeValues: { ":by": attributeValue(item[newerBy]) },
  };
}

function openLocal(plan: Plan, context: DestinationContext, folder: string): OpenDestination {
  const name = plan.table.split("/").at(-1) ?? plan.table;
  const { attributes, key, bucket, given } = plan;
  const { newerBy } = given;
  const keep = bucket === undefined ? undefined : fileKeeper(localBucket(folder, bucket));
  const table = openOrRefuse(context, () =>
    openLocalTable(join(folder, "dynamodb.db"), { name, attributes, key, newerBy }),
  );
  return openSending(context, {
    send: async (parcel, signal) => {
      const planned = plan.itemOf(parcel);
      if ("kind" in planned) return planned;
      if (planned.aside && keep !== undefined) {
        const { key } = planned.aside;
        const file = { key, otherKey: key, body: parcel.body, writer: parcel.deliveryId };
        await keep(file, signal);
      }
      return table.put(planned.item) === "put" ? { kind: "delivered" } : newerThere;
    },
    failure: storeFailure,
    close: () => table.close(),
  });
}

function openOrRefuse<T>(context: DestinationContext, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw unusable(context, `its local table can't be opened: ${messageOf(cause)}`, { cause });
  }
}
