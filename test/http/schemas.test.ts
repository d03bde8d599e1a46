/** Schemas of a source, from the request on the wire to what is kept, and what is said of schemas that can't be used. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { createGateway } from "../../src/app/create-gateway.ts";
import { judgeAgain } from "../../src/app/operate.ts";
import { sampleOf } from "../../src/app/sample.ts";
import { compileSchemas, openChecks } from "../../src/app/schemas.ts";
import { type GatewayDefinition, secret } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import type { EventSchema, StandardSchema } from "../../src/core/schemas.ts";
import { http } from "../../src/destinations/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { runHere } from "../support/in-process.ts";
import { allDeliveries, allEvents, allRequests, beside } from "../support/kept.ts";
import { exchangeOnce } from "../support/raw-http.ts";
import { forwardSecret, openSink } from "../support/sink.ts";
import { signStripe, stripeSecret } from "../support/stripe-events.ts";
import { batches } from "../support/test-providers.ts";

const token = "the-token-of-this-test";
Object.assign(process.env, {
  S_STRIPE: stripeSecret,
  S_TOKEN: token,
  S_FORWARD: forwardSecret,
});

const amount = z.object({ data: z.object({ object: z.object({ amount: z.int() }) }) });
const thrower: StandardSchema = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => {
      if (value === undefined) return { value };
      throw new Error("a bug in the schema");
    },
  },
};
const sometimesLater: StandardSchema = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => (value === undefined ? { value } : Promise.reject(new Error("later"))),
  },
};
const needed = { type: "object", required: ["id", "type", "data"] };
const customer = {
  ...needed,
  properties: { data: { properties: { object: { required: ["customer"] } } } },
};

const schemas: Readonly<Record<string, EventSchema>> = {
  "customer.*": needed,
  "customer.subscription.deleted": customer,
  "customer.subscription.*": { not: {} },
  "payment_intent.succeeded": amount,
  "broken.throws": thrower,
  "broken.later": sometimesLater,
};

const sink = await openSink();
const definition = (given: Readonly<Record<string, EventSchema>>) =>
  ({
    sources: {
      stripe: stripe({ path: "/stripe", secrets: [secret("S_STRIPE")], schemas: given }),
      batches: batches({
        path: "/batches",
        secrets: [secret("S_TOKEN")],
        schemas: { "*": z.looseObject({ wanted: z.literal(true) }) },
      }),
    },
    destinations: {
      sink: http({ url: sink.url, secrets: [secret("S_FORWARD")], allowPrivate: true }),
    },
    routes: [{ to: "sink" }],
    server: { host: "127.0.0.1" },
  }) satisfies GatewayDefinition;
const gateway = await runHere(definition(schemas));

afterAll(async () => {
  await gateway.end();
  await sink.close();
});

const ignored = '{"received":true,"error":"Validation failed, event ignored"}';
async function post(type: string, data: unknown, id = `evt_${randomUUID()}`) {
  const body = JSON.stringify({ id, type, data });
  const headers = { "stripe-signature": signStripe(body) };
  return { id, answer: await exchangeOnce(gateway.port, { path: "/stripe", headers, body }) };
}

async function keptOf(id: string) {
  return beside(gateway.store, async (engine) => {
    const [event] = await allEvents(engine, { providerEventId: id });
    if (event === undefined) throw new Error(`There is no event ${id}.`);
    const deliveries = await allDeliveries(engine);
    return {
      validity: event.validity,
      request: await engine.request(event.requestId),
      deliveries: deliveries.filter(({ eventId }) => eventId === event.id).length,
    };
  });
}

describe("an event of a source with schemas", () => {
  test("that fits is stored, answered and delivered as any other", async () => {
    const { id, answer } = await post("payment_intent.succeeded", { object: { amount: 5 } });
    expect(JSON.parse(answer.body)).toMatchObject({ received: true, eventId: id });
    const kept = await keptOf(id);
    expect(kept).toMatchObject({ validity: "valid", deliveries: 1 });
    expect(kept.request?.code).toBeUndefined();
  });

  test("that doesn't is answered 200, kept as invalid with the reason, and owed to nobody", async () => {
    const { id, answer } = await post("payment_intent.succeeded", { object: { amount: "much" } });
    expect([answer.status, answer.body]).toEqual([200, ignored]);
    const kept = await keptOf(id);
    expect(kept).toMatchObject({ validity: "invalid", deliveries: 0 });
    expect(kept.request).toMatchObject({ outcome: "accepted", code: "VALIDATION_ERROR" });
    expect(kept.request?.detail).toContain("data.object.amount: ");
  });

  test("gets the same answer as a duplicate, also where the schema was the reason", async () => {
    const { id } = await post("payment_intent.succeeded", {});
    const { answer } = await post("payment_intent.succeeded", {}, id);
    expect(answer.body).toBe(ignored);
    await beside(gateway.store, async (engine) => {
      const known = await allEvents(engine, { providerEventId: id });
      const requests = await allRequests(engine);
      const mine = requests.filter(({ eventIds }) => eventIds.includes(known[0]?.id ?? ""));
      expect(mine.map(({ outcome }) => outcome)).toEqual(["accepted", "duplicate"]);
    });
  });

  test("is held against its own type first, then against the first glob, else against nothing", async () => {
    const bodies = [
      await post("customer.subscription.deleted", { object: { customer: "cus_1" } }),
      await post("customer.subscription.deleted", { object: {} }),
      await post("customer.subscription.created", {}),
      await post("customer.created", undefined),
      await post("invoice.paid", undefined),
    ].map(({ answer }) => answer.body === ignored);
    expect(bodies).toEqual([false, true, false, true, false]);
  });

  test("is invalid where its schema throws or answers later", async () => {
    for (const [type, reason] of [
      ["broken.throws", "the schema threw: a bug in the schema"],
      [
        "broken.later",
        "the schema gave a promise: it threw, or is asynchronous; it has to answer at once",
      ],
    ] as const) {
      const { id, answer } = await post(type, {});
      expect([answer.status, answer.body]).toEqual([200, ignored]);
      expect((await keptOf(id)).request).toMatchObject({ detail: reason });
    }
  });

  test("of a batch is judged by itself", async () => {
    const body = '{"wanted":true,"id":"one"}\n{"wanted":false,"id":"two"}';
    const headers = { "X-Test-Token": token };
    const answer = await exchangeOnce(gateway.port, { path: "/batches", headers, body });
    const { events } = JSON.parse(answer.body) as { events: { jobId: string; error?: string }[] };
    expect(events.map(({ error }) => error)).toEqual([
      undefined,
      "Validation failed, event ignored",
    ]);
    await beside(gateway.store, async (engine) => {
      const kept = await Promise.all(events.map(({ jobId }) => engine.event(jobId)));
      expect(kept.map((one) => one?.validity)).toEqual(["valid", "invalid"]);
      const request = await engine.request(kept[0]?.requestId ?? "");
      expect(request?.detail).toMatch(/^event 2 of 2: wanted: /);
    });
  });

  test("is held against them in a gateway that is mounted, too", async () => {
    const body = JSON.stringify({ id: "evt_mounted", type: "payment_intent.succeeded", data: {} });
    const rawHeaders = ["stripe-signature", signStripe(body)];
    const mounted = createGateway(definition(schemas), {
      store: join(gateway.folder, "mounted.db"),
      logLevel: "silent",
    });
    const head = { method: "POST", url: "/stripe", rawHeaders, remoteAddress: "127.0.0.1" };
    const answer = await mounted.take(head, Buffer.from(body));
    await mounted.stop();
    expect([answer.status, answer.body]).toEqual([200, ignored]);
  });

  test("is judged again by the schemas of today for a replay", async () => {
    const { id } = await post("payment_intent.succeeded", { object: { amount: "7" } });
    const text = z.object({ data: z.object({ object: z.object({ amount: z.string() }) }) });
    await beside(gateway.store, async (engine) => {
      const [event] = await allEvents(engine, { providerEventId: id });
      if (event === undefined) throw new Error("no event");
      const fits = async (given: Readonly<Record<string, EventSchema>>) => {
        const judged = judgeGateway(definition(given));
        if (judged.kind === "mistakes") throw new Error(JSON.stringify(judged.mistakes));
        return (await judgeAgain(engine, judged.gateway))(event);
      };
      expect(await fits(schemas)).toBe(false);
      expect(await fits({ "payment_intent.*": text })).toBe(true);
      expect(await fits({})).toBe(true);
    });
  });
});

describe("a schema that can't be used", () => {
  const mistakesOf = async (given: Readonly<Record<string, EventSchema>>) => {
    const shop = { name: "shop", schemas: given, provider: stripe };
    const { mistakes } = await compileSchemas([shop], sampleOf);
    return mistakes.map(({ path, expected }) => `${path}: ${expected}`);
  };

  test("is one that answers later, also where only a sample of the sender's shows it", async () => {
    const deep = z.looseObject({ id: z.string().refine(async (id) => id !== "") });
    const always = z.unknown().refine(async () => true);
    expect(await mistakesOf({ "payment_intent.succeeded": deep, other: always })).toEqual([
      "sources.shop.schemas.payment_intent.succeeded: a schema that answers at once",
      "sources.shop.schemas.other: a schema that answers at once",
    ]);
    await expect(openChecks([{ name: "shop", schemas: { other: always } }])).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  test("isn't one that reads parts of an event, and so throws where there is none", async () => {
    const amountOf = (value: unknown) => amount.parse(value).data.object.amount;
    const reading = z.any().refine((value) => value.data.object.amount > 0);
    const transforming = z.unknown().transform(amountOf);
    const throwing = z.any().refine((value) => value.nothing.more);
    expect(
      await mistakesOf({ "payment_intent.succeeded": reading, "charge.succeeded": throwing }),
    ).toEqual(["sources.shop.schemas.charge.succeeded: a schema that answers at once"]);
    expect(await mistakesOf({ "payment_intent.succeeded": transforming })).toEqual([]);
    await openChecks([{ name: "shop", schemas: { a: reading, b: transforming } }]);
  });

  test("is a JSON Schema that is none, or that asks to be asynchronous", async () => {
    expect(await mistakesOf({ a: { type: "sting" }, b: { $async: true } })).toEqual([
      "sources.shop.schemas.a: a JSON Schema",
      "sources.shop.schemas.b: a JSON Schema",
    ]);
  });

  test("is neither a Standard Schema nor an object", () => {
    const wrong = { sources: { s: stripe({ path: "/s", schemas: { a: 5 as never } }) } };
    const judged = judgeGateway({ ...wrong, destinations: {}, routes: [] });
    const mistakes = judged.kind === "mistakes" ? judged.mistakes : [];
    expect(mistakes.map(({ path }) => path)).toContain("sources.s.schemas.a");
  });

  test("is not one of an older draft, which is read by that draft", async () => {
    for (const draft of ["http://json-schema.org/draft-07/schema#", undefined]) {
      const schema = { ...(draft ? { $schema: draft } : {}), type: "object" };
      expect(await mistakesOf({ a: schema })).toEqual([]);
    }
    expect(
      await mistakesOf({ a: { $schema: "https://json-schema.org/draft/2019-09/schema" } }),
    ).toEqual([]);
  });
});
