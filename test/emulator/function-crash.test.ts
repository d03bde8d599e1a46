/** A function's process dies at each of its requests to AWS: nothing is lost, nothing is swallowed, nothing is recorded twice. */
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { onEmulator } from "./emulated.ts";
import {
  type Crash,
  keepEnvironment,
  linesRequest,
  openWorld,
  stripeRequest,
  type World,
  wakeOf,
} from "./function-world.ts";

const all = { limit: 100 };

onEmulator("a crash of a function between any two of its steps", () => {
  keepEnvironment();

  for (const kind of ["one event", "a batch"] as const) {
    it(`of the receiver, with ${kind}, loses nothing and doubles nothing`, {
      timeout: 300_000,
    }, async () => {
      const crashes = await everyCrash(async (crash) => {
        const world = await openWorld();
        const { event } = kind === "one event" ? stripeRequest() : linesRequest();
        const first = await world.run("receiver", event, crash);
        if (first.kind === "killed") {
          // No answer: the sender posts it again.
          expect(await world.receive(event)).toMatchObject({ statusCode: 200 });
        }
        await world.heal();
        await expectDelivered(
          world,
          kind === "one event" ? ["near"] : ["far", "far", "near", "near"],
        );
        await world.close();
        return first;
      });
      expect(crashes).toBeGreaterThanOrEqual(kind === "one event" ? 3 : 5);
    });
  }

  it("of the receiver, before anybody posts again, loses nothing that was kept", {
    timeout: 300_000,
  }, async () => {
    await everyCrash(async (crash) => {
      const world = await openWorld();
      const { event } = linesRequest();
      const first = await world.run("receiver", event, crash);
      await world.heal();
      const { items } = await world.engine.requests({}, all);
      // What is kept at all is kept whole.
      await expectDelivered(world, items.length === 0 ? [] : ["far", "far", "near", "near"]);
      if (first.kind === "answered") expect(items).toHaveLength(1);
      await world.close();
      return first;
    });
  });

  it("of the consumer delivers at least once and records once", { timeout: 300_000 }, async () => {
    const crashes = await everyCrash(async (crash) => {
      const world = await openWorld();
      const { event } = stripeRequest();
      await world.receive(event);
      const wake = await wakeOf(world.engine);
      const first = await world.run("consumer", wake, crash);
      if (first.kind === "killed") await world.consume(wake);
      await world.heal();
      await expectDelivered(world, ["near"]);
      await world.close();
      return first;
    });
    expect(crashes).toBeGreaterThanOrEqual(4);
  });

  it("of the consumer at an attempt that fails leaves it to come again", {
    timeout: 300_000,
  }, async () => {
    await everyCrash(async (crash) => {
      const world = await openWorld((count) => ({ status: count === 1 ? 500 : 200 }));
      const { event } = stripeRequest();
      await world.receive(event);
      const wake = await wakeOf(world.engine);
      const first = await world.run("consumer", wake, crash);
      await world.heal();
      const { items } = await world.engine.deliveries({}, all);
      expect(items.map(({ state }) => state)).toEqual(["delivered"]);
      const attempts = await world.engine.attempts(items[0]?.id ?? "");
      // The first one is recorded, unless the process died before it could be.
      expect(attempts.map(({ outcome }) => outcome).slice(-1)).toEqual(["delivered"]);
      expect(attempts.length).toBeLessThanOrEqual(2);
      expect(world.sink.arrivals.length).toBeGreaterThanOrEqual(attempts.length);
      await world.close();
      return first;
    });
  });

  it("of the archiver archives a dead delivery once", { timeout: 300_000 }, async () => {
    const crashes = await everyCrash(async (crash) => {
      const world = await openWorld(() => ({ status: 500 }));
      const { id, event } = stripeRequest();
      await world.receive(event);
      const died = await world.died();
      const first = await world.run("archiver", died, crash);
      if (first.kind === "killed") await world.archive(died);
      expect(await world.engine.unarchived(10)).toEqual([]);
      expect(await archived(world, id)).toHaveLength(1);
      await world.close();
      return first;
    });
    expect(crashes).toBeGreaterThanOrEqual(4);
  });
});

/** Runs a scenario with a crash before and after each request, until there is none left to die at; how many requests there are. */
async function everyCrash(
  scenario: (crash: Crash) => Promise<Awaited<ReturnType<World["run"]>>>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const before = await scenario({ when: "before", at });
    if (before.kind === "answered") return at - 1;
    await scenario({ when: "after", at });
  }
}

async function expectDelivered({ engine, sink }: World, to: readonly string[]): Promise<void> {
  const { items } = await engine.deliveries({}, all);
  expect(items.map(({ destination }) => destination).sort()).toEqual(to);
  for (const { id, state, eventId } of items) {
    expect(state).toBe("delivered");
    expect(await engine.attempts(id)).toMatchObject([{ number: 1, outcome: "delivered" }]);
    expect(sink.arrivals.filter((arrival) => arrival.eventId === eventId)).not.toEqual([]);
  }
}

async function archived({ bucket }: World, providerEventId: string): Promise<readonly string[]> {
  const client = new S3Client({});
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: "stripe/" }),
  );
  const keys = Contents.flatMap(({ Key = "" }) => (Key.includes(providerEventId) ? [Key] : []));
  for (const Key of keys) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const file = JSON.parse((await Body?.transformToString()) ?? "{}");
    expect(file).toMatchObject({
      eventId: providerEventId,
      provider: "stripe",
      destination: "near",
    });
  }
  return keys;
}
