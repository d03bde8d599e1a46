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

/** What somebody does in the bucket, or a rule of it that isn't ours. */
async function removeBody({ place }: World, id: string): Promise<void> {
  const object = { Bucket: place.bucket, Key: `bodies/${id}` };
  await new S3Client({}).send(new DeleteObjectCommand(object));
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

  it("ends as dead where its body is gone, and says so; nothing is owed any more", async () => {
    const world = await open();
    const id = await accept(world.engine, anAcceptance({ body: large, to: ["near"], key: "k" }));
    await removeBody(world, id);
    const ref = { key: keys.get(id) ?? "", deliveryId: `${id}.near.1` };
    const ended = { kind: "final", state: "dead", isArchived: false };
    expect(await world.engine.claimNamed(ref, { leaseMs: 1_000 })).toEqual(ended);
    expect(await world.engine.delivery(ref.deliveryId)).toMatchObject({
      state: "dead",
      attempts: 0,
      settledAt: start,
      reason: expect.stringMatching(/^BODY_GONE: .*not there any more/),
    });
    expect(await world.engine.unarchived(9)).toMatchObject([{ id: ref.deliveryId }]);
    await world.engine.archived(ref.deliveryId);
    expect(await world.sweepOn(1)).toBe(0);
    await world.engine.close();
  });

  it("ends for each event of a batch whose body is gone", async () => {
    const world = await open();
    const texts = [`"${"x".repeat(250_000)}"`, '"b"'].map((text) => ({ text, to: ["near"] }));
    const id = await accept(world.engine, aBatch(texts));
    await removeBody(world, id);
    expect(await world.sweepOn(1)).toBe(2);
    const { items } = await world.engine.deliveries({}, { limit: 9 });
    for (const { id: deliveryId, eventId } of items) {
      const ref = { key: keys.get(eventId) ?? "", deliveryId };
      const named = await world.engine.claimNamed(ref, { leaseMs: 1_000 });
      expect(named).toMatchObject({ kind: "final", state: "dead" });
    }
    expect(await world.engine.unarchived(9)).toHaveLength(2);
    await world.engine.close();
  });

  it("waits on where the bucket doesn't say that its body is gone", async () => {
    const world = await open();
    const id = await accept(world.engine, anAcceptance({ body: large, to: ["near"], key: "k" }));
    const clock = () => start;
    const broken = await openAws({ ...world.place, bucket: "not-there", clock, retentionMs });
    const ref = { key: keys.get(id) ?? "", deliveryId: `${id}.near.1` };
    await expect(broken.claimNamed(ref, { leaseMs: 1_000 })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    expect(await world.engine.delivery(ref.deliveryId)).toMatchObject({ state: "ready" });
    await Promise.all([broken.close(), world.engine.close()]);
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
