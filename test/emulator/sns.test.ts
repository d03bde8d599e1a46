import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { expect, it } from "vitest";
import { destinationConformance, noSignal, parcelOf } from "../../src/destinations/conformance.ts";
import { snsKind } from "../../src/destinations/sns.ts";
import { freshName, onEmulator, opener, openKind } from "./emulated.ts";
import { attributesOf, bytesOf, newQueueFor, type Queue } from "./queues.ts";

const client = new SNSClient();
const missing = { topicArn: "arn:aws:sns:us-east-1:000000000000:not-there" };

/** A topic with a queue that gets what is published: as it is, or (`raw: false`) with its subject. */
async function newTopic(
  options: { readonly raw?: boolean; readonly fifo?: boolean } = {},
): Promise<{ readonly arn: string; readonly queue: Queue }> {
  const { raw = true, fifo = false } = options;
  const isFifo = fifo ? { FifoTopic: "true" } : {};
  const Name = `${freshName("topic")}${fifo ? ".fifo" : ""}`;
  const { TopicArn: arn = "" } = await client.send(
    new CreateTopicCommand({ Name, Attributes: isFifo }),
  );
  const queue = await newQueueFor("sns", fifo ? { FifoQueue: "true" } : {});
  const Attributes = { RawMessageDelivery: String(raw) };
  const wish = { TopicArn: arn, Protocol: "sqs", Endpoint: queue.arn, Attributes };
  await client.send(new SubscribeCommand(wish));
  return { arn, queue };
}

onEmulator("a topic of SNS", () => {
  destinationConformance({
    kind: snsKind,
    // As base64 with its attributes under 256 KiB, which a topic takes unless it is told otherwise.
    largeBody: 190_000,
    open: opener(snsKind, {
      missing,
      accepts: async () => {
        const { arn, queue } = await newTopic();
        return { options: { topicArn: arn }, arrived: async () => bytesOf(await queue.next()) };
      },
    }),
  });

  it("publishes with the event's id, source, provider, type and time as attributes", async () => {
    const { arn, queue } = await newTopic();
    const destination = await openKind(snsKind, { topicArn: arn });
    await destination.send(parcelOf(), noSignal());
    expect(attributesOf(await queue.next())).toEqual({
      id: parcelOf().event.id,
      source: "shop",
      provider: "hmac",
      type: "order.paid",
      timestamp: "2023-11-14T22:13:20.000Z",
    });
    await destination.close();
  });

  it.each([
    ["payment_success", "Webhook Event: payment_success"],
    ["zwei\nZeilen für é", "Webhook Event: zwei?Zeilen f?r ?"],
    ["x".repeat(200), `Webhook Event: ${"x".repeat(84)}`],
    [undefined, undefined],
  ])("has a subject of the payload's type %j", async (type, subject) => {
    const { arn, queue } = await newTopic({ raw: false });
    const options = { topicArn: arn, subject: "Webhook Event: {payload.type}" };
    const destination = await openKind(snsKind, options);
    const body = Buffer.from(JSON.stringify({ type, customer_email: "a@b.example", amount: 1 }));
    expect(await destination.send(parcelOf({ body }), noSignal())).toEqual({ kind: "delivered" });
    const envelope = JSON.parse((await queue.next()).Body ?? "");
    expect(envelope.Subject).toBe(subject);
    expect(envelope.Message).toBe(String(body));
    await destination.close();
  });

  it("publishes an event once to a FIFO topic", async () => {
    const { arn, queue } = await newTopic({ fifo: true });
    const destination = await openKind(snsKind, { topicArn: arn, group: "{params.tenant}" });
    for (const attempt of [1, 2]) await destination.send(parcelOf({ attempt }), noSignal());
    expect((await queue.next()).Attributes).toMatchObject({ MessageGroupId: "acme" });
    expect(await queue.count()).toBe(0);
    await destination.close();
  });

  it("refuses for good what the topic doesn't take", async () => {
    const { arn } = await newTopic();
    const destination = await openKind(snsKind, { topicArn: arn });
    for (const size of [300_000, 1_100_000]) {
      const outcome = await destination.send(
        parcelOf({ body: Buffer.alloc(size, "x") }),
        noSignal(),
      );
      expect(outcome).toMatchObject({ code: "DESTINATION_REFUSED", permanent: true });
    }
    await destination.close();
  });

  it("says which topic isn't there", async () => {
    const destination = await openKind(snsKind, missing);
    expect(await destination.send(parcelOf(), noSignal())).toMatchObject({
      code: "DESTINATION_STATUS",
      status: 404,
      detail: expect.stringContaining("NotFound"),
    });
    await destination.close();
  });

  it("says what a policy denies", async () => {
    const { arn } = await newTopic();
    const Statement = { Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: arn };
    await client.send(
      new SetTopicAttributesCommand({
        TopicArn: arn,
        AttributeName: "Policy",
        AttributeValue: JSON.stringify({ Version: "2012-10-17", Statement }),
      }),
    );
    const destination = await openKind(snsKind, { topicArn: arn });
    const outcome = await destination.send(parcelOf(), noSignal());
    expect(outcome).toMatchObject({
      kind: "failed",
      code: "DESTINATION_STATUS",
      status: 403,
      detail: expect.stringMatching(/AuthorizationError.*SNS:Publish/i),
    });
    await destination.close();
  });
});
