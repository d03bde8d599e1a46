/** A source that answers by a module, in the receiver: kept first, then asked, and the same for every repeat. */
import { expect, it } from "vitest";
import { receiver } from "../../src/app/lambda/index.ts";
import { defineGateway, secret } from "../../src/core/define.ts";
import type { RespondOptions } from "../../src/core/respond.ts";
import type { RespondModule } from "../../src/destinations/respond-module.ts";
import { stripe } from "../../src/providers/index.ts";
import { onEmulator } from "./emulated.ts";
import { keepEnvironment, openWorld, stripeRequest } from "./function-world.ts";

onEmulator("a source that answers by a module", () => {
  keepEnvironment();

  function receiverBy(respond: RespondModule["respond"], options: Partial<RespondOptions> = {}) {
    const module = async () => ({ respond });
    const source = stripe({
      path: "/stripe",
      secrets: [secret("STRIPE_SECRET")],
      respond: { module, fallback: { status: 202, body: "later" }, ...options },
    });
    return receiver(defineGateway({ sources: { stripe: source }, destinations: {}, routes: [] }));
  }

  it("keeps the event before it asks, and gives its answer to each repeat", async () => {
    const world = await openWorld();
    const kept: number[] = [];
    const receive = receiverBy(async ({ id }) => {
      kept.push((await world.engine.event(id)) === undefined ? 0 : 1);
      return { status: 201, headers: { "x-calls": String(kept.length) }, body: { id } };
    });
    const { event } = stripeRequest();
    const first = await receive(event);
    expect(first).toMatchObject({ statusCode: 201, headers: { "x-calls": "1" } });
    expect(JSON.parse(first.body).id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await receive(event)).toEqual(first);
    // Another copy of the function, which has asked nothing yet.
    const another = receiverBy(() => "from another copy");
    expect(await another(event)).toEqual(first);
    expect(kept).toEqual([1]);
    await world.close();
  });

  it("gives two that come at the same moment, to different copies, one answer", async () => {
    const world = await openWorld();
    const copies = ["a", "b", "c"].map((name) => receiverBy(() => name));
    const { event } = stripeRequest();
    const answers = await Promise.all(copies.map((receive) => receive(event)));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(await world.engine.counts()).toMatchObject({ events: 1 });
    await world.close();
  });

  it("gives the fallback where the module is late, fails or can't be loaded, also to repeats", async () => {
    const world = await openWorld();
    const late = receiverBy(() => new Promise(() => undefined), { deadlineSeconds: 1 });
    const failing = receiverBy(() => {
      throw new Error("no");
    });
    const missing = receiverBy(() => "", { module: () => Promise.reject(new Error("gone")) });
    for (const receive of [late, failing, missing]) {
      const { event } = stripeRequest();
      const wanted = { statusCode: 202, body: "later" };
      expect(await receive(event)).toMatchObject(wanted);
      expect(await receiverBy(() => "now")(event)).toMatchObject(wanted);
    }
    await world.close();
  });

  it("asks for the repeat of one that a crash left without an answer", async () => {
    const world = await openWorld();
    const { event } = stripeRequest();
    // Kept by a gateway that had no module yet.
    expect((await world.receive(event)).statusCode).toBe(200);
    expect(await receiverBy(() => "asked")(event)).toMatchObject({ body: "asked" });
    await world.close();
  });
});
