/** Tables and buckets of the aws engine on the emulator, by the shape that the engine works on. */
import { randomBytes } from "node:crypto";
import {
  type AttributeDefinition,
  CreateTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { AwsPlace } from "../../src/engines/aws/client.ts";
import { type IndexShape, tableShape } from "../../src/engines/aws/table.ts";

const indexes = Object.entries(tableShape.indexes) as [string, IndexShape][];

/** A new, empty table, in a bucket that all share. */
export async function newPlace(): Promise<AwsPlace> {
  const table = `surehook-${randomBytes(6).toString("hex")}`;
  const db = new DynamoDBClient({});
  const bucket = await sharedBucket();
  await db.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: attributes(),
      KeySchema: [{ AttributeName: tableShape.partition[0], KeyType: "HASH" }],
      GlobalSecondaryIndexes: indexes.map(indexOf),
    }),
  );
  db.destroy();
  return { table, bucket };
}

function attributes(): AttributeDefinition[] {
  const keys = [
    tableShape.partition,
    ...indexes.flatMap(([, { partition, sort }]) =>
      sort === undefined ? [partition] : [partition, sort],
    ),
  ];
  return keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

function indexOf([IndexName, { partition, sort, copies }]: [
  string,
  IndexShape,
]): GlobalSecondaryIndex {
  return {
    IndexName,
    KeySchema: [
      { AttributeName: partition[0], KeyType: "HASH" },
      ...(sort === undefined ? [] : [{ AttributeName: sort[0], KeyType: "RANGE" } as const]),
    ],
    Projection:
      copies.length === 0
        ? { ProjectionType: "KEYS_ONLY" }
        : { ProjectionType: "INCLUDE", NonKeyAttributes: [...copies] },
  };
}

let making: Promise<string> | undefined;

function sharedBucket(): Promise<string> {
  making ??= (async () => {
    const Bucket = `surehook-${randomBytes(6).toString("hex")}`;
    const s3 = new S3Client({});
    await s3.send(new CreateBucketCommand({ Bucket }));
    s3.destroy();
    return Bucket;
  })();
  return making;
}
