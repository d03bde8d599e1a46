import { expect, it } from "vitest";
import {
  destinationConformance,
  eventOf,
  noSignal,
  parcelOf,
} from "../../src/destinations/conformance.ts";
import { sqsKind } from "../../src/destinations/sqs.ts";
import { onEmulator, opener, openKind } from "./emulated.ts";
import { attributesOf, bytesOf, newQueue } from "./queues.ts";

const missing = { queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/not-there" };

onEmulator("a queue of SQS", () => {
  destinationConformance({
    kind: sqsKind,
    // As base64 with its attributes just under the 1 MiB of a queue.
    largeBody: 780_000,
    open: opener(sqsKind, {
      missing,
      accepts: async () => {
        const queue = await newQueue();
        const arrived = async () => bytesOf(await queue.next());
        return { options: { queueUrl: queue.url }, arrived };
      },
    }),
  });

  it("gets the event's id, source, provider, type and time as attributes", async () => {
    const queue = await newQueue();
    const destination = await openKind(sqsKind, { queueUrl: queue.url });
    await destination.send(parcelOf(), noSignal());
    const message = await queue.next();
    expect(message.Body).toBe('{"id":1}');
    expect(attributesOf(message)).toEqual({
      id: parcelOf().event.id,
      source: "shop",
      provider: "hmac",
      type: "order.paid",
      timestamp: "2023-11-14T22:13:20.000Z",
    });
    await destination.close();
  });

  it("gets attributes of the config, from the payload too", async () => {
    const queue = await newQueue();
    const attributes = { Type: "{payload.action}", Shop: "{params.tenant}", Gone: "{payload.no}" };
    const destination = await openKind(sqsKind, { queueUrl: queue.url, attributes });
    const body = Buffer.from('{"action":"fulfill_order","order_id":"42"}');
    await destination.send(parcelOf({ body }), noSignal());
    expect(attributesOf(await queue.next())).toMatchObject({ Type: "fulfill_order", Shop: "acme" });
    await destination.close();
  });

  it("says of a compressed body how it is compressed", async () => {
    const queue = await newQueue();
    const destination = await openKind(sqsKind, { queueUrl: queue.url });
    const headers = ["Content-Encoding", "gzip"];
    await destination.send(parcelOf({ headers, body: Buffer.from([31, 139, 8]) }), noSignal());
    expect(attributesOf(await queue.next())).toMatchObject({
      encoding: "base64",
      "content-encoding": "gzip",
    });
    await destination.close();
  });

  it("takes a type that no attribute could hold", async () => {
    const queue = await newQueue();
    const destination = await openKind(sqsKind, { queueUrl: queue.url });
    const event = eventOf({ type: `\u0000\ud800${"é".repeat(400)}` });
    expect(await destination.send(parcelOf({ event }), noSignal())).toEqual({ kind: "delivered" });
    expect(attributesOf(await queue.next())["type"]).toMatch(/^\?\uFFFDé+$/);
    await destination.close();
  });

  it("gets an event once in a FIFO queue, in the group of its source, and a replay by choice", async () => {
    const queue = await newQueue({ FifoQueue: "true" });
    const once = await openKind(sqsKind, { queueUrl: queue.url });
    for (const deliveryId of ["a", "b"]) await once.send(parcelOf({ deliveryId }), noSignal());
    expect(await queue.count()).toBe(1);
    expect((await queue.next()).Attributes).toMatchObject({
      MessageGroupId: "shop",
      MessageDeduplicationId: parcelOf().event.id,
    });
    const options = { queueUrl: queue.url, deduplicationId: "{deliveryId}" };
    const again = await openKind(sqsKind, options);
    for (const deliveryId of ["a", "b"]) await again.send(parcelOf({ deliveryId }), noSignal());
    expect(await queue.count()).toBe(2);
    await Promise.all([once.close(), again.close()]);
  });

  it("refuses for good what no queue takes, and what this queue doesn't", async () => {
    const small = await newQueue({ MaximumMessageSize: "1024" });
    const destination = await openKind(sqsKind, { queueUrl: small.url });
    for (const size of [2_000, 1_100_000]) {
      const outcome = await destination.send(
        parcelOf({ body: Buffer.alloc(size, "x") }),
        noSignal(),
      );
      expect(outcome).toMatchObject({
        kind: "failed",
        code: "DESTINATION_REFUSED",
        permanent: true,
        detail: expect.stringMatching(/1024|1100\d{3} bytes/),
      });
    }
    await destination.close();
  });

  it("says which queue isn't there", async () => {
    const destination = await openKind(sqsKind, missing);
    expect(await destination.send(parcelOf(), noSignal())).toMatchObject({
      kind: "failed",
      code: "DESTINATION_STATUS",
      status: 400,
      detail: expect.stringContaining("QueueDoesNotExist"),
    });
    await destination.close();
  });
});
