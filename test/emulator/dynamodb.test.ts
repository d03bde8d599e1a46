import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import {
  destinationConformance,
  eventOf,
  noSignal,
  parcelOf,
} from "../../src/destinations/conformance.ts";
import { dynamodbKind } from "../../src/destinations/dynamodb.ts";
import { until } from "../support/until.ts";
import { freshName, onEmulator, opener, openKind } from "./emulated.ts";
import { itemsOf } from "./items.ts";

const client = new DynamoDBClient();
const objects = new S3Client();

type Key = { readonly name: string; readonly type: "S" | "N" };
const eventKey: readonly Key[] = [
  { name: "eventId", type: "S" },
  { name: "timestamp", type: "N" },
];

async function newTable(key: readonly Key[] = eventKey): Promise<string> {
  const TableName = freshName("table");
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: key.map(({ name }, at) => ({
        AttributeName: name,
        KeyType: at === 0 ? "HASH" : "RANGE",
      })),
      AttributeDefinitions: key.map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
    }),
  );
  return TableName;
}

async function newBucket(): Promise<string> {
  const Bucket = freshName("bucket");
  await objects.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

async function objectAt(ref: string): Promise<Buffer> {
  const { host: Bucket, pathname } = new URL(ref);
  const get = new GetObjectCommand({ Bucket, Key: pathname.slice(1) });
  const { Body } = await objects.send(get);
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

onEmulator("a table of DynamoDB", () => {
  destinationConformance({
    kind: dynamodbKind,
    open: opener(dynamodbKind, {
      missing: { table: "not-there" },
      accepts: async () => {
        const table = await newTable();
        const arrived = async () => {
          const item = await until("an item", async () => (await itemsOf(table))[0]);
          const { payload, payloadRef } = item;
          return payloadRef?.S ? await objectAt(payloadRef.S) : Buffer.from(payload?.S ?? "");
        };
        return { options: { table, payloadBucket: await newBucket() }, arrived };
      },
    }),
  });

  it("keeps an event as an item of WebhookEvents, once", async () => {
    const table = await newTable();
    const now = () => 1_700_000_009_999;
    const destination = await openKind(dynamodbKind, { table }, { now });
    const body = Buffer.from('{ "id" : 1.0 }\n');
    for (const attempt of [1, 2]) await destination.send(parcelOf({ body, attempt }), noSignal());
    expect(await itemsOf(table)).toEqual([
      {
        eventId: { S: "evt_1" },
        timestamp: { N: "1700000000" },
        provider: { S: "hmac" },
        type: { S: "order.paid" },
        payload: { S: '{ "id" : 1.0 }\n' },
        processedAt: { N: "1700000009" },
      },
    ]);
    await destination.close();
  });

  it("dates and names an event of a sender that doesn't by its arrival and our id", async () => {
    const table = await newTable();
    const destination = await openKind(dynamodbKind, { table });
    const event = eventOf({ occurredAt: undefined, providerEventId: undefined });
    await destination.send(parcelOf({ event }), noSignal());
    expect(await itemsOf(table)).toMatchObject([
      { eventId: { S: event.id }, timestamp: { N: "1700000001" } },
    ]);
    await destination.close();
  });

  it("keeps a payload of 300 KB in the item, and a byte more in the bucket", async () => {
    const [table, payloadBucket] = [await newTable(), await newBucket()];
    const destination = await openKind(dynamodbKind, { table, payloadBucket });
    const send = (size: number, providerEventId: string) =>
      destination.send(
        parcelOf({ body: Buffer.alloc(size, "x"), event: eventOf({ providerEventId }) }),
        noSignal(),
      );
    for (const [size, id] of [
      [307_200, "fits"],
      [307_201, "larger"],
    ] as const) {
      expect(await send(size, id)).toEqual({ kind: "delivered" });
    }
    const byId = new Map((await itemsOf(table)).map((item) => [item["eventId"]?.S, item]));
    expect(byId.get("fits")?.["payload"]?.S).toHaveLength(307_200);
    expect(byId.get("fits")).not.toHaveProperty("payloadRef");
    expect(byId.get("larger")).not.toHaveProperty("payload");
    const ref = byId.get("larger")?.["payloadRef"]?.S ?? "";
    expect(ref).toBe(`s3://${payloadBucket}/payloads/hmac/2023/11/14/${eventOf({}).id}`);
    expect(await objectAt(ref)).toHaveLength(307_201);
    await destination.close();
  });

  it("refuses for good, without a bucket, what doesn't go into an item", async () => {
    const destination = await openKind(dynamodbKind, { table: await newTable() });
    for (const body of [Buffer.alloc(400_000, "x"), Buffer.from([255])]) {
      expect(await destination.send(parcelOf({ body }), noSignal())).toMatchObject({
        code: "DESTINATION_REFUSED",
        permanent: true,
        detail: expect.stringContaining("payloadBucket"),
      });
    }
    await destination.close();
  });

  const mapping = {
    id: "data.object.id",
    email: "data.object.email",
    metadata: "data.object.metadata",
    livemode: "livemode",
    phone: "data.object.phone",
    created: "created",
    gone: "data.object.nothing",
  };

  it("writes a new customer as an item of its own attributes", async () => {
    const table = await newTable([{ name: "id", type: "S" }]);
    const destination = await openKind(dynamodbKind, { table, mapping });
    const object = { id: "cus_1", email: "a@b.example", phone: null, metadata: { n: [1, "x"] } };
    const body = Buffer.from(JSON.stringify({ created: 1.5, livemode: false, data: { object } }));
    for (const attempt of [1, 2]) await destination.send(parcelOf({ body, attempt }), noSignal());
    expect(await itemsOf(table)).toEqual([
      {
        id: { S: "cus_1" },
        email: { S: "a@b.example" },
        metadata: { M: { n: { L: [{ N: "1" }, { S: "x" }] } } },
        livemode: { BOOL: false },
        phone: { NULL: true },
        created: { N: "1.5" },
      },
    ]);
    await destination.close();
  });

  it("refuses for good an event without the key, and an item that is too large", async () => {
    const table = await newTable([{ name: "id", type: "S" }]);
    const destination = await openKind(dynamodbKind, { table, mapping });
    expect(await destination.send(parcelOf(), noSignal())).toMatchObject({
      code: "DESTINATION_REFUSED",
      permanent: true,
      detail: expect.stringContaining("data.object.id"),
    });
    const object = { id: "cus_1", email: "x".repeat(420_000) };
    const body = Buffer.from(JSON.stringify({ data: { object } }));
    expect(await destination.send(parcelOf({ body }), noSignal())).toMatchObject({
      code: "DESTINATION_REFUSED",
      permanent: true,
      detail: expect.stringContaining("size"),
    });
    await destination.close();
  });

  it("keeps the newer item where events come out of order, also at the same moment", async () => {
    const table = await newTable([{ name: "id", type: "S" }]);
    const own = { id: "id", name: "name", changed: "at" };
    const options = { table, mapping: own, newerBy: "changed" };
    const destination = await openKind(dynamodbKind, options);
    const send = (name: string, at?: number) => {
      const body = Buffer.from(JSON.stringify({ id: "cus_1", name, at }));
      return destination.send(parcelOf({ body }), noSignal());
    };
    const name = async () => (await itemsOf(table))[0]?.["name"]?.S;
    expect(await send("first", 10)).toEqual({ kind: "delivered" });
    expect(await send("older", 9)).toEqual({
      kind: "skipped",
      reason: "the table has a newer item",
    });
    expect(await name()).toBe("first");
    expect(await send("as old", 10)).toEqual({ kind: "delivered" });
    expect(await name()).toBe("as old");
    expect(await send("of no time")).toMatchObject({
      code: "DESTINATION_REFUSED",
      permanent: true,
    });
    await Promise.all([12, 30, 21, 4].map((at) => send(`at ${at}`, at)));
    expect(await name()).toBe("at 30");
    await destination.close();
  });

  it("says which table isn't there", async () => {
    const destination = await openKind(dynamodbKind, { table: "not-there" });
    expect(await destination.send(parcelOf(), noSignal())).toMatchObject({
      code: "DESTINATION_STATUS",
      status: 400,
      detail: expect.stringContaining("ResourceNotFoundException"),
    });
    await destination.close();
  });
});
