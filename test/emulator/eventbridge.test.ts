import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { expect, it } from "vitest";
import { destinationConformance, noSignal, parcelOf } from "../../src/destinations/conformance.ts";
import { eventbridgeKind } from "../../src/destinations/eventbridge.ts";
import { freshName, onEmulator, opener, openKind } from "./emulated.ts";
import { newQueueFor, type Queue } from "./queues.ts";

const client = new EventBridgeClient();

/** A bus, with a queue that gets what fits a pattern. */
async function newBus(
  pattern: object = { source: [{ prefix: "" }] },
): Promise<{ readonly bus: string; readonly queue: Queue }> {
  const bus = freshName("bus");
  await client.send(new CreateEventBusCommand({ Name: bus }));
  const queue = await newQueueFor("events");
  const rule = { Name: "all", EventBusName: bus };
  await client.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify(pattern) }));
  const Targets = [{ Id: "queue", Arn: queue.arn }];
  await client.send(new PutTargetsCommand({ Rule: "all", EventBusName: bus, Targets }));
  return { bus, queue };
}

async function nextOf(queue: Queue) {
  return JSON.parse((await queue.next()).Body ?? "");
}

onEmulator("a bus of EventBridge", () => {
  destinationConformance({
    kind: eventbridgeKind,
    largeBody: 780_000,
    skips: {
      "delivers unchanged: JSON with its spaces":
        "a bus hands its targets the JSON of a detail, not the text of it",
    },
    open: opener(eventbridgeKind, {
      missing: { bus: "not-there" },
      accepts: async () => {
        const { bus, queue } = await newBus();
        const arrived = async () => {
          const { detail } = await nextOf(queue);
          const { encoding, body } = detail;
          if (encoding === undefined) return Buffer.from(JSON.stringify(detail));
          return Buffer.from(body, encoding === "base64" ? "base64" : "utf8");
        };
        return { options: { bus }, arrived };
      },
    }),
  });

  it("puts an event's JSON object as the detail, and what it is beside it", async () => {
    const { bus, queue } = await newBus({ "detail-type": ["order.paid"], detail: { a: [1] } });
    const destination = await openKind(eventbridgeKind, { bus });
    const body = Buffer.from('{ "a" : 1.0, "b": [null, "é"] }\n');
    expect(await destination.send(parcelOf({ body }), noSignal())).toEqual({ kind: "delivered" });
    expect(await nextOf(queue)).toMatchObject({
      source: "surehook.shop",
      "detail-type": "order.paid",
      resources: [
        `surehook:event:${parcelOf().event.id}`,
        "surehook:source:shop",
        "surehook:provider:hmac",
      ],
      detail: { a: 1, b: [null, "é"] },
    });
    await destination.close();
  });

  it("names source and detail-type by the config", async () => {
    const { bus, queue } = await newBus();
    const options = { bus, eventSource: "payments.{provider}", detailType: "{payload.kind}" };
    const destination = await openKind(eventbridgeKind, options);
    const body = Buffer.from('{"kind":"paid"}');
    await destination.send(parcelOf({ body }), noSignal());
    expect(await nextOf(queue)).toMatchObject({ source: "payments.hmac", "detail-type": "paid" });
    const without = await destination.send(parcelOf(), noSignal());
    expect(without).toMatchObject({ code: "DESTINATION_REFUSED", permanent: true });
    await destination.close();
  });

  it("wraps what isn't a JSON object", async () => {
    const { bus, queue } = await newBus();
    const destination = await openKind(eventbridgeKind, { bus });
    for (const [body, detail] of [
      [Buffer.from("[1]"), { encoding: "text", body: "[1]" }],
      [Buffer.from([255]), { encoding: "base64", contentEncoding: "br", body: "/w==" }],
    ] as const) {
      const headers = detail.encoding === "text" ? [] : ["content-encoding", "br"];
      await destination.send(parcelOf({ body, headers }), noSignal());
      expect((await nextOf(queue)).detail).toEqual(detail);
    }
    await destination.close();
  });

  it("refuses for good what no bus takes", async () => {
    const { bus } = await newBus();
    const destination = await openKind(eventbridgeKind, { bus });
    const body = Buffer.alloc(1_100_000, "x");
    expect(await destination.send(parcelOf({ body }), noSignal())).toMatchObject({
      code: "DESTINATION_REFUSED",
      permanent: true,
    });
    await destination.close();
  });

  it("says that a bus isn't there, for which EventBridge itself would lose the events", async () => {
    const destination = await openKind(eventbridgeKind, { bus: "not-there" });
    expect(await destination.send(parcelOf(), noSignal())).toMatchObject({
      code: "DESTINATION_STATUS",
      status: 400,
      detail: expect.stringContaining("ResourceNotFoundException"),
    });
    await destination.close();
  });
});
