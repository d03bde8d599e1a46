/** What still waits keeps its bytes, however long it waits: neither a time to live nor the bucket's rule may take them. */
import { DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import type { PushedEngine } from "../../src/core/pushed-engine.ts";
import type { AwsPlace } from "../../src/engines/aws/client.ts";
import { openAws } from "../../src/engines/aws/index.ts";
import {
  aBatch,
  anAcceptance,
  binary,
  delivered,
  failed,
  shareIds,
  start,
} from "../../src/engines/conformance/builders.ts";
import { newPlace } from "../support/aws-store.ts";
import { onEmulator } from "./emulated.ts";

const dayMs = 86_400_000;
const retentionMs = 30 * dayMs;
// As ingest makes them: request and event are one item.
shareIds(true);
const large = binary(250_000);

type World = {
  readonly place: AwsPlace;
  readonly engine: PushedEngine;
  /** A sweep so many days after the start; what it found due. */
  readonly sweepOn: (day: number) => Promise<number>;
};

async function open(): Promise<World> {
  const place = await newPlace();
  let now = start;
  const engine = await openAws({ ...place, clock: () => now, retentionMs });
  await engine.pause({
    destination: "crm",
    reason: "a long outage",
    cause: "person",
  });
  const sweepOn = async (day: number) => {
    now = start + day * dayMs;
    const refs = await engine.owed({ limit: 100, before: now, lookAgainAt: now + 900_000 });
    return refs.length;
  };
  return { place, engine, sweepOn };
}

/** Writes a body anew with a mark, which is gone when it was written again. */
async function mark({ place }: World, id: string): Promise<() => Promise<boolean>> {
  const object = { Bucket: place.bucket, Key: `bodies/${id}` };
  const client = new S3Client({});
  await client.send(new PutObjectCommand({ ...object, Body: large, Metadata: { mark: "1" } }));
  return async () => {
    const { Metadata = {} } = await client.send(new HeadObjectCommand(object));
    return !("mark" in Metadata);
  };
}

async function ttlOf({ place }: World, id: string): Promise<number | undefined> {
  const client = new DynamoDBClient({});
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: place.table,
      IndexName: "byId",
      KeyConditionExpression: "id = :id",
      ExpressionAttributeValues: { ":id": { S: id } },
    }),
  );
  const Key = { pk: Items[0]?.["pk"] ?? { S: "" } };
  const { Item } = await client.send(new GetItemCommand({ TableName: place.table, Key }));
  return Item?.["ttl"]?.N === undefined ? undefined : Number(Item["ttl"].N) * 1000;
}

/** After so many days all that waited is delivered, with its bytes. */
async function deliverAll({ engine, sweepOn }: World, day: number, bytes: readonly Buffer[]) {
  await engine.resume("crm");
  await sweepOn(day);
  const { items } = await engine.deliveries({}, { limit: 10 });
  expect(items).toHaveLength(bytes.length);
  const bodies: Buffer[] = [];
  for (const { id, eventId } of items) {
    const kept = await engine.event(eventId);
    const key = (kept && keys.get(kept.id)) ?? "";
    const named = await engine.claimNamed({ key, deliveryId: id }, { leaseMs: 1_000 });
    if (named.kind !== "claimed") throw new Error(`${id} is ${named.kind}`);
    bodies.push(named.claim.body);
    await engine.settle(delivered(named.claim, start + day * dayMs));
  }
  expect(Buffer.concat(bodies).equals(Buffer.concat(bytes))).toBe(true);
}

const keys = new Map<string, string>();

async function accept(engine: PushedEngine, acceptance: Parameters<PushedEngine["accept"]>[0]) {
  const accepted = await engine.accept(acceptance);
  for (const { key, event } of engine.refsOf(acceptance, accepted)) keys.set(event.id, key);
  return acceptance.request.id;
}

onEmulator("what waits for longer than the retention", () => {
  it("has its body in the bucket renewed at each half of the retention, and no more often", async () => {
    const world = await open();
    const id = await accept(world.engine, anAcceptance({ body: large, to: ["crm"], key: "k" }));
    let isRenewed = await mark(world, id);
    expect(await world.sweepOn(14)).toBe(0);
    expect(await isRenewed()).toBe(false);
    for (const day of [16, 32, 48]) {
      isRenewed = await mark(world, id);
      expect(await world.sweepOn(day)).toBe(0);
      expect(await isRenewed()).toBe(true);
      isRenewed = await mark(world, id);
      expect(await world.sweepOn(day + 1)).toBe(0);
      expect(await isRenewed()).toBe(false);
      expect(await ttlOf(world, id)).toBeUndefined();
    }
    await deliverAll(world, 50, [large]);
    expect(await ttlOf(world, id)).toBeLessThanOrEqual(start + 50 * dayMs);
    await world.engine.close();
  });

  it("has the request of its batch kept, with the body that all its events are ranges of", async () => {
    const world = await open();
    const batch = aBatch([
      { text: `"${"x".repeat(250_000)}"`, to: ["crm"] },
      { text: '"b"', to: [] },
    ]);
    const id = await accept(world.engine, batch);
    expect(await ttlOf(world, id)).toBe(start + retentionMs);
    const isRenewed = await mark(world, id);
    expect(await world.sweepOn(16)).toBe(0);
    expect(await isRenewed()).toBe(true);
    expect(await ttlOf(world, id)).toBe(start + 16 * dayMs + retentionMs);
    await world.engine.close();
  });

  it("is told by its name where its body is gone, and stays owed", async () => {
    const world = await open();
    const id = await accept(world.engine, anAcceptance({ body: large, to: ["near"], key: "k" }));
    const gone = { Bucket: world.place.bucket, Key: `bodies/${id}` };
    await new S3Client({}).send(new DeleteObjectCommand(gone));
    const ref = { key: keys.get(id) ?? "", deliveryId: `${id}.near.1` };
    await expect(world.engine.claimNamed(ref, { leaseMs: 1_000 })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining(
        `The body of delivery ${ref.deliveryId} is not in the bucket`,
      ),
    });
    expect(await world.sweepOn(1)).toBe(1);
    await world.engine.close();
  });

  it("goes on being looked at and told where its body can't be renewed", async () => {
    const world = await open();
    await accept(world.engine, anAcceptance({ body: large, to: ["crm"], key: "k" }));
    await world.engine.resume("crm");
    const broken = await openAws({
      ...world.place,
      bucket: "not-there",
      clock: () => start + 16 * dayMs,
      retentionMs,
    });
    const now = start + 16 * dayMs;
    expect(await broken.owed({ limit: 9, before: now, lookAgainAt: now })).toHaveLength(1);
    await Promise.all([broken.close(), world.engine.close()]);
  });

  it("is looked at each day, though its next attempt is due in a year", async () => {
    const world = await open();
    const to = { body: large, to: ["far"], key: "k" };
    const acceptance = anAcceptance(to);
    const id = await accept(world.engine, acceptance);
    const ref = { key: keys.get(id) ?? "", deliveryId: `${id}.far.1` };
    const named = await world.engine.claimNamed(ref, { leaseMs: 1_000 });
    if (named.kind !== "claimed") throw new Error(named.kind);
    await world.engine.settle(failed(named.claim, start, start + 365 * dayMs));
    const isRenewed = await mark(world, id);
    for (const day of [1.1, 2.2, 16]) expect(await world.sweepOn(day)).toBe(0);
    expect(await isRenewed()).toBe(true);
    expect(await world.sweepOn(366)).toBe(1);
    await world.engine.close();
  });
});
