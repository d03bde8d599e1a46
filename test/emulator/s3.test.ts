import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import {
  destinationConformance,
  eventOf,
  noSignal,
  parcelOf,
} from "../../src/destinations/conformance.ts";
import { s3Kind } from "../../src/destinations/s3.ts";
import { until } from "../support/until.ts";
import { freshName, onEmulator, opener, openKind } from "./emulated.ts";

const client = new S3Client();

async function newBucket(): Promise<string> {
  const Bucket = freshName("bucket");
  await client.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

async function keysOf(Bucket: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = "" }) => Key);
}

async function read(Bucket: string, Key: string) {
  const found = await client.send(new GetObjectCommand({ Bucket, Key }));
  return { ...found, bytes: Buffer.from((await found.Body?.transformToByteArray()) ?? []) };
}

onEmulator("a bucket of S3", () => {
  destinationConformance({
    kind: s3Kind,
    open: opener(s3Kind, {
      missing: { bucket: "not-there-at-all" },
      accepts: async () => {
        const bucket = await newBucket();
        const arrived = async () => {
          const key = await until("an object", async () => (await keysOf(bucket))[0]);
          return (await read(bucket, key)).bytes;
        };
        return { options: { bucket }, arrived };
      },
    }),
  });

  it("keeps an event by provider, day of arrival and id, with what it is", async () => {
    const bucket = await newBucket();
    const destination = await openKind(s3Kind, { bucket });
    const event = eventOf({ providerEventId: "a/../é", type: "bezahlt.für" });
    const headers = ["Content-Type", "application/json; charset=utf-8", "content-encoding", "gzip"];
    await destination.send(parcelOf({ event, headers }), noSignal());
    const key = "hmac/2023/11/14/a%2F..%2F%C3%A9.json";
    expect(await keysOf(bucket)).toEqual([key]);
    expect(await read(bucket, key)).toMatchObject({
      ContentType: "application/json; charset=utf-8",
      ContentEncoding: "gzip",
      Metadata: {
        id: event.id,
        source: "shop",
        provider: "hmac",
        type: "bezahlt.f%C3%BCr",
        timestamp: "2023-11-14T22:13:20.000Z",
      },
    });
    await destination.close();
  });

  it("keeps the same event once, and never overwrites another one's object", async () => {
    const bucket = await newBucket();
    const destination = await openKind(s3Kind, { bucket, key: "all/{eventId}.json" });
    const other = eventOf({ id: "0197a1b2-0000-7000-8000-00000000000f", source: "elsewhere" });
    const send = (body: string, event = eventOf({})) =>
      destination.send(parcelOf({ event, body: Buffer.from(body) }), noSignal());
    for (const body of ["one", "two"]) expect((await send(body)).kind).toBe("delivered");
    for (const body of ["three", "four"]) await send(body, other);
    const keys = ["all/evt_1.0197a1b2-0000-7000-8000-00000000000f.json", "all/evt_1.json"];
    expect(await keysOf(bucket)).toEqual(keys);
    const texts = await Promise.all(
      keys.map(async (key) => String((await read(bucket, key)).bytes)),
    );
    expect(texts).toEqual(["four", "two"]);
    await destination.close();
  });

  it("says which bucket isn't there", async () => {
    const destination = await openKind(s3Kind, { bucket: "not-there-at-all" });
    expect(await destination.send(parcelOf(), noSignal())).toMatchObject({
      code: "DESTINATION_STATUS",
      status: 404,
      detail: expect.stringContaining("NoSuchBucket"),
    });
    await destination.close();
  });
});
