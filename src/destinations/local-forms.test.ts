/** What destinations of cloud services are on one machine without a cloud. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DestinationKind } from "../core/define.ts";
import { contextOf, destinationConformance, eventOf, noSignal, parcelOf } from "./conformance.ts";
import { dynamodb, dynamodbKind } from "./dynamodb.ts";
import { eventbridge, eventbridgeKind } from "./eventbridge.ts";
import { s3, s3Kind } from "./s3.ts";
import { sns, snsKind } from "./sns.ts";
import { sqs, sqsKind } from "./sqs.ts";

let root = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "surehook-local-"));
});

afterAll(() => rm(root, { recursive: true }));

function newFolder(): Promise<string> {
  return mkdtemp(join(root, "local-"));
}

async function open(kind: DestinationKind, options: object, folder: string) {
  return await kind.open(options, contextOf({ local: { folder } }));
}

/** The lines of a file, as JSON, once there are any. */
async function linesOf(path: string): Promise<Record<string, never>[]> {
  const text = await vi.waitFor(async () => {
    const read = await readFile(path, "utf8");
    expect(read).toMatch(/\n$/);
    return read;
  });
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const synchronous = { "ends an attempt when its signal does": "the write is not to be broken off" };
const nothing = async () => Buffer.alloc(0);
const noEnd = async () => undefined;

type Sent = { readonly text: string; readonly encoding: string | undefined };

function bytesOf({ text, encoding }: Sent): Buffer {
  if (encoding === "empty") return Buffer.alloc(0);
  return Buffer.from(text, encoding === "base64" ? "base64" : "utf8");
}

const queues = [
  {
    kind: sqsKind,
    options: { queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/orders" },
    // No value for the group: nothing is written.
    refused: { group: "{payload.no}" },
    path: "sqs/orders.jsonl",
    sent: (line: Record<string, never>): Sent => ({
      text: line["MessageBody"] ?? "",
      encoding: line["MessageAttributes"]?.["encoding"]?.["StringValue"],
    }),
  },
  {
    kind: snsKind,
    options: { topicArn: "arn:aws:sns:us-east-1:000000000000:orders" },
    refused: { group: "{payload.no}" },
    path: "sns/orders.jsonl",
    sent: (line: Record<string, never>): Sent => ({
      text: line["Message"] ?? "",
      encoding: line["MessageAttributes"]?.["encoding"]?.["StringValue"],
    }),
  },
  {
    kind: eventbridgeKind,
    options: { bus: "orders" },
    refused: { detailType: "{payload.no}" },
    path: "eventbridge/orders.jsonl",
    sent: (line: Record<string, never>): Sent => {
      const detail = JSON.parse(line["Detail"] ?? "");
      return detail.encoding === undefined
        ? { text: line["Detail"] ?? "", encoding: undefined }
        : { text: detail.body, encoding: detail.encoding };
    },
  },
] as const;

for (const { kind, options, refused, path, sent } of queues) {
  destinationConformance({
    kind,
    form: "local",
    largeBody: 700_000,
    skips: synchronous,
    open: async (behaviour) => {
      const folder = await newFolder();
      const given = behaviour === "refuses" ? { ...options, ...refused } : options;
      const destination = await open(kind, given, folder);
      const arrived = async () => {
        const [line] = await linesOf(join(folder, path));
        return line === undefined ? Buffer.alloc(0) : bytesOf(sent(line));
      };
      return { destination, arrived, end: noEnd };
    },
  });
}

destinationConformance({
  kind: s3Kind,
  form: "local",
  skips: { "ends an attempt when its signal does": "shown of `file`, whose code it is" },
  open: async (behaviour) => {
    const folder = await newFolder();
    if (behaviour === "refuses") await writeFile(join(folder, "s3"), "");
    const destination = await open(s3Kind, { bucket: "kept" }, folder);
    const path = join(folder, "s3/kept/hmac/2023/11/14/evt_1.json");
    const arrived = () => vi.waitFor(() => readFile(path));
    return { destination, arrived, end: noEnd };
  },
});

function rowsOf(folder: string, table: string) {
  const database = new DatabaseSync(join(folder, "dynamodb.db"), { readOnly: true });
  try {
    return database
      .prepare(`SELECT * FROM "${table}" ORDER BY 1`)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

destinationConformance({
  kind: dynamodbKind,
  form: "local",
  skips: synchronous,
  open: async (behaviour) => {
    const folder = await newFolder();
    const options = { table: "WebhookEvents", payloadBucket: "payloads" };
    if (behaviour === "refuses") {
      const destination = await open(
        dynamodbKind,
        { table: "items", mapping: { id: "no" } },
        folder,
      );
      return { destination, arrived: nothing, end: noEnd };
    }
    const destination = await open(dynamodbKind, options, folder);
    const arrived = async () => {
      const [row] = await vi.waitFor(() => {
        const rows = rowsOf(folder, "WebhookEvents");
        expect(rows).toHaveLength(1);
        return rows;
      });
      const { payload, payloadRef } = row ?? {};
      if (typeof payload === "string") return Buffer.from(payload);
      return await readFile(String(payloadRef).replace("s3://", join(folder, "s3/")));
    };
    return { destination, arrived, end: noEnd };
  },
});

describe("the local form", () => {
  it("of a queue has a line for each event, as it would be sent", async () => {
    const folder = await newFolder();
    const queueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/orders.fifo";
    const destination = await open(sqsKind, { queueUrl, attributes: { Type: "{type}" } }, folder);
    await Promise.all([1, 2, 3].map(() => destination.send(parcelOf(), noSignal())));
    await destination.close();
    const again = await open(sqsKind, { queueUrl }, folder);
    await again.send(parcelOf(), noSignal());
    await again.close();
    const lines = await linesOf(join(folder, "sqs/orders.fifo.jsonl"));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatchObject({
      QueueUrl: queueUrl,
      MessageBody: '{"id":1}',
      MessageAttributes: { Type: { DataType: "String", StringValue: "order.paid" } },
      MessageGroupId: "shop",
      MessageDeduplicationId: eventOf({}).id,
    });
  });

  it("of a topic has the subject, of a bus the time of the event", async () => {
    const folder = await newFolder();
    const topicArn = "arn:aws:sns:us-east-1:000000000000:orders";
    const topic = await open(snsKind, { topicArn, subject: "Event: {type}" }, folder);
    const bus = await open(eventbridgeKind, {}, folder);
    await Promise.all([topic, bus].map((one) => one.send(parcelOf(), noSignal())));
    await Promise.all([topic.close(), bus.close()]);
    expect(await linesOf(join(folder, "sns/orders.jsonl"))).toMatchObject([
      { Subject: "Event: order.paid" },
    ]);
    expect(await linesOf(join(folder, "eventbridge/default.jsonl"))).toMatchObject([
      { Source: "surehook.shop", DetailType: "order.paid", Time: "2023-11-14T22:13:20.000Z" },
    ]);
  });

  it("of WebhookEvents is a table of the same attributes, with one row for an event", async () => {
    const folder = await newFolder();
    const destination = await open(dynamodbKind, { table: "WebhookEvents" }, folder);
    for (const attempt of [1, 2]) await destination.send(parcelOf({ attempt }), noSignal());
    expect(rowsOf(folder, "WebhookEvents")).toEqual([
      {
        eventId: "evt_1",
        timestamp: 1_700_000_000,
        provider: "hmac",
        type: "order.paid",
        payload: '{"id":1}',
        payloadRef: null,
        processedAt: expect.any(Number),
      },
    ]);
    await destination.close();
  });

  it("of a user's table has the mapping's attributes, and those that come later", async () => {
    const folder = await newFolder();
    const body = Buffer.from('{"object":{"id":"cus_1","on":true,"list":[1,"é"],"n":1.5}}');
    const first = { id: "object.id", on: "object.on" };
    for (const mapping of [first, { ...first, list: "object.list", n: "object.n", no: "no" }]) {
      const destination = await open(dynamodbKind, { table: "customers", mapping }, folder);
      expect(await destination.send(parcelOf({ body }), noSignal())).toEqual({ kind: "delivered" });
      await destination.close();
    }
    expect(rowsOf(folder, "customers")).toEqual([
      { id: "cus_1", on: 1, list: '[1,"é"]', n: 1.5, no: null },
    ]);
  });

  it("of a table keeps the newer item where events come out of order", async () => {
    const folder = await newFolder();
    const mapping = { id: "id", name: "name", changed: "at" };
    const options = { table: "customers", mapping, newerBy: "changed" };
    const destination = await open(dynamodbKind, options, folder);
    const send = (name: string, at?: number) => {
      const body = Buffer.from(JSON.stringify({ id: "cus_1", name, at }));
      return destination.send(parcelOf({ body }), noSignal());
    };
    expect(await send("first", 10)).toEqual({ kind: "delivered" });
    expect(await send("older", 9)).toEqual({
      kind: "skipped",
      reason: "the table has a newer item",
    });
    expect(rowsOf(folder, "customers")).toEqual([{ id: "cus_1", name: "first", changed: 10 }]);
    expect(await send("as old", 10)).toEqual({ kind: "delivered" });
    expect(await send("newer", 11)).toEqual({ kind: "delivered" });
    expect(rowsOf(folder, "customers")).toEqual([{ id: "cus_1", name: "newer", changed: 11 }]);
    expect(await send("of no time")).toMatchObject({
      code: "DESTINATION_REFUSED",
      permanent: true,
    });
    await destination.close();
  });

  it("of a table that another process writes is waited for, then tried again", async () => {
    const folder = await newFolder();
    const destination = await open(dynamodbKind, { table: "WebhookEvents" }, folder);
    const other = new DatabaseSync(join(folder, "dynamodb.db"));
    other.exec("BEGIN IMMEDIATE");
    const outcome = await destination.send(parcelOf(), noSignal());
    expect(outcome).toMatchObject({ kind: "failed", detail: expect.stringContaining("locked") });
    other.exec("ROLLBACK");
    other.close();
    expect(await destination.send(parcelOf(), noSignal())).toEqual({ kind: "delivered" });
    await destination.close();
  });

  it("is refused with attributes that differ by case alone", async () => {
    const options = { table: "items", mapping: { id: "a", ID: "b" } };
    await expect(open(dynamodbKind, options, await newFolder())).rejects.toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining("duplicate column"),
      }),
    );
  });

  it.each([
    [{ mapping: { a: "b" }, key: ["a", "id"] }, ["key"]],
    [{ mapping: { a: "b" }, newerBy: "at", ttl: "ends" }, ["newerBy", "ttl"]],
    [{ newerBy: "timestamp" }, ["newerBy"]],
    [{ mapping: { a: "b" }, key: ["a"], newerBy: "a", ttl: "a" }, []],
  ])("can't name attributes that its mapping lacks: %j", (options, wrong) => {
    const conflicts = dynamodbKind.conflicts?.({ table: "items", ...options }) ?? [];
    expect(conflicts.map(({ option }) => option)).toEqual(wrong);
  });

  it("is of what these functions write down", () => {
    const [queueUrl, topicArn] = [queues[0].options.queueUrl, queues[1].options.topicArn];
    const made = [
      sqs({ queueUrl }),
      sns({ topicArn }),
      eventbridge(),
      dynamodb({ table: "items" }),
      s3({ bucket: "kept" }),
    ];
    expect(made.map(({ type }) => type.name)).toEqual([
      "sqs",
      "sns",
      "eventbridge",
      "dynamodb",
      "s3",
    ]);
  });
});
