/** Batches of each sender that sends some, over a real socket: kept, answered, delivered and done again item by item. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { deadDelivery } from "../../src/app/dead-delivery.ts";
import { readEventBytes } from "../../src/app/event-bytes.ts";
import { releaseRequest } from "../../src/app/operate.ts";
import { loadSamples, signedSample, sourceNamed } from "../../src/app/sample.ts";
import type { Provider, SourceDefinition } from "../../src/core/define.ts";
import { secret } from "../../src/core/define.ts";
import type { Gateway } from "../../src/core/settings.ts";
import type { Event } from "../../src/core/types.ts";
import { http } from "../../src/destinations/index.ts";
import { type SenderBatch, senderBatches } from "../../src/providers/conformance-batches.ts";
import { providers } from "../../src/providers/index.ts";
import { runHere } from "../support/in-process.ts";
import { allEvents, allRequests, beside } from "../support/kept.ts";
import { signsItself } from "../support/own-options.ts";
import { exchangeOnce, type RawAnswer } from "../support/raw-http.ts";
import { type Arrival, forwardSecret, openSink } from "../support/sink.ts";
import { until } from "../support/until.ts";

const publicUrl = "https://hooks.example.com";
const names = Object.keys(senderBatches).filter((name) => !(name in signsItself));
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const secrets = { utf8: "a secret of this test", hex: "00ff10Ab", p256: pem } as const;

const named = (name: string): Provider => {
  const found = providers.find((provider) => provider.name === name);
  if (found === undefined) throw new Error(`no provider ${name}`);
  return found;
};
const keyOf = (name: string) => named(name).scheme?.key as keyof typeof secrets;

const sink = await openSink();
process.env["T_FORWARD"] = forwardSecret;
for (const [form, value] of Object.entries(secrets)) process.env[`T_BATCH_${form}`] = value;

const sourceOf = (name: string, path = `/${name}`): SourceDefinition => ({
  kind: "source",
  provider: named(name),
  options: { path, secrets: [secret(`T_BATCH_${keyOf(name)}`)] },
});

const gateway = await runHere({
  publicUrl,
  sources: Object.fromEntries(names.map((name) => [name, sourceOf(name)])),
  destinations: {
    sink: http({ url: sink.url, secrets: [secret("T_FORWARD")], allowPrivate: true }),
    broken: http({ url: "http://127.0.0.1:1/", allowPrivate: true, retry: { attempts: 1 } }),
    shaped: http({ url: `${sink.url}/shaped`, secrets: [secret("T_FORWARD")], allowPrivate: true }),
  },
  routes: [{ to: ["sink", "broken"] }, { to: "shaped", form: "standard" }],
  server: { host: "127.0.0.1" },
});

afterAll(async () => {
  await gateway.end();
  await sink.close();
});

type Told = { readonly eventId: string; readonly jobId: string };

/** Signs as the sender does and posts. */
const post = (
  name: string,
  text: string,
  key: string = secrets[keyOf(name)],
): Promise<RawAnswer> => {
  const path = `/${name}`;
  const body = Buffer.from(text, "utf8");
  const options = {};
  const given = { body, secret: key, now: Date.now(), options, id: "1", type: "t" };
  const signed = named(name).sign({ ...given, url: publicUrl + path });
  const query = signed.query === undefined ? "" : `?${signed.query}`;
  const headers = { "content-type": "application/json", ...signed.headers };
  return exchangeOnce(gateway.port, { path: path + query, headers, body: signed.body ?? body });
};

const eventsOf = (name: string) =>
  beside(gateway.store, async (engine) => {
    const events = await allEvents(engine, { source: name });
    const requests = await allRequests(engine, { source: name });
    return { events, requests };
  });

const arrivalsOf = (ids: readonly string[], path: string): readonly Arrival[] =>
  sink.arrivals.filter((one) => ids.includes(one.eventId) && one.path === path);

/** Items as they come out of `sign`: where each is signed, it is written anew. */
const asSent = (name: string, items: readonly string[]): readonly unknown[] =>
  items.map((item) => {
    const parsed = JSON.parse(item);
    if (name === "adyen") parsed.additionalData = { hmacSignature: expect.any(String) };
    if (name === "ms-graph") parsed.clientState = secrets.utf8;
    return parsed;
  });

describe("a batch", () => {
  test.each(names)("of %s is kept and delivered item by item", async (name) => {
    const { body, items, told } = senderBatches[name] as SenderBatch;
    const answer = await post(name, body(items));
    const fixed = named(name).acceptAnswer;
    expect(answer.status).toBe(fixed?.status ?? 200);
    if (fixed !== undefined) expect(answer.body).toBe(fixed.body);
    const { events, requests } = await eventsOf(name);
    expect(requests).toHaveLength(1);
    expect(events.map(({ type }) => type)).toEqual(told.map(({ type }) => type));
    expect(events.map(({ id }) => id)).toEqual(requests[0]?.eventIds);
    if (fixed === undefined && items.length > 1) {
      const { events: answered } = JSON.parse(answer.body) as { events: Told[] };
      expect(answered.map(({ jobId }) => jobId)).toEqual(events.map(({ id }) => id));
    }
    const ids = events.map(({ id }) => id);
    const arrived = await until("each item", () => {
      const all = arrivalsOf(ids, "/sink");
      return all.length === items.length && all;
    });
    const inOrder = ids.map((id) => arrived.find(({ eventId }) => eventId === id));
    const bodies = inOrder.map((one) => String(one?.body));
    expect(bodies.map((text) => JSON.parse(text))).toEqual(asSent(name, items));
    if (name !== "adyen" && name !== "ms-graph") {
      expect(bodies).toEqual(items.map((item) => item.trim()));
    }
    expect(inOrder.map((one) => one?.headers["content-type"])).toEqual(
      items.map(() => "application/json"),
    );
    const shaped = await until("each item in another form", () => {
      const all = arrivalsOf(ids, "/sink/shaped");
      return all.length === items.length && all;
    });
    const payloads = ids.map((id) => {
      const one = shaped.find(({ eventId }) => eventId === id);
      return (JSON.parse(String(one?.body)) as { payload: unknown }).payload;
    });
    expect(payloads).toEqual(asSent(name, items));
    expect(sink.faults).toEqual([]);
  });

  test.each(names)("of %s that comes again is known, item by item", async (name) => {
    const { body, items } = senderBatches[name] as SenderBatch;
    const answer = await post(name, body(items));
    expect(answer.status).toBe(named(name).acceptAnswer?.status ?? 200);
    const { events, requests } = await eventsOf(name);
    expect(events).toHaveLength(items.length);
    expect(requests.map(({ outcome }) => outcome)).toEqual(["accepted", "duplicate"]);
  });

  test.each(names)("of %s is what `send` makes", async (name) => {
    const parts = { gateway: gatewayFor(name), source: name, now: Date.now() };
    const read = ({ name: variable }: { readonly name: string }) => {
      const value = process.env[variable];
      return value === undefined ? undefined : { name: variable, value };
    };
    const samples = await loadSamples(sourceNamed(parts.gateway, name));
    const type = "some.thing";
    const sample = signedSample({ ...parts, samples, type, read, baseUrl: gateway.url });
    const response = await fetch(sample.url, {
      method: sample.method,
      headers: sample.headers,
      body: sample.body,
    });
    expect(response.status).toBe(named(name).acceptAnswer?.status ?? 200);
    const { events } = await eventsOf(name);
    expect(events.at(-1)?.type).toBe("some.thing");
  });

  test("of which the second item is known keeps the first only, and answers with both", async () => {
    const item = (id: string) => `{"event_id":"${id}","type":"email.opened","n":"ü"}`;
    const first = JSON.parse((await post("emailit", `[${item("a")}]`)).body) as Told;
    const both = await post("emailit", `[ ${item("b")}, ${item("a")} ]`);
    const { events } = JSON.parse(both.body) as { events: Told[] };
    expect(events.map(({ eventId }) => eventId)).toEqual(["b", "a"]);
    expect(events[1]?.jobId).toBe(first.jobId);
    const kept = await eventsOf("emailit");
    expect(kept.events.filter(({ providerEventId: id }) => id === "a")).toHaveLength(1);
    expect(kept.requests.at(-1)?.outcome).toBe("accepted");
    await until("the new item", () => arrivalsOf([events[0]?.jobId ?? ""], "/sink").length === 1);
    expect(arrivalsOf([first.jobId], "/sink").length).toBeLessThan(2);
  });

  test("without items is answered 200 and kept, without an event", async () => {
    const before = await eventsOf("line");
    const answer = await post("line", '{"destination":"U1","events":[]}');
    expect([answer.status, answer.body]).toEqual([200, '{"received":true,"events":[]}']);
    const after = await eventsOf("line");
    expect(after.events).toHaveLength(before.events.length);
    expect(after.requests).toHaveLength(before.requests.length + 1);
  });

  test("of which one item's signature is wrong is refused whole, and released whole", async () => {
    const item = (code: string) => `{"eventCode":"${code}","pspReference":"R"}`;
    const { body } = senderBatches["adyen"] as SenderBatch;
    const sign = (key: string) => {
      const plain = Buffer.from(body([item("ONE"), item("TWO")]));
      const given = { body: plain, secret: key, now: 0, options: {}, id: "1", type: "t" };
      return JSON.parse(String(named("adyen").sign(given).body)) as {
        notificationItems: unknown[];
      };
    };
    const [good, foreign] = [sign(secrets.hex), sign("ff00")];
    const sent = (items: readonly unknown[]) =>
      exchangeOnce(gateway.port, {
        path: "/adyen",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...good, notificationItems: items }),
      });
    const before = await eventsOf("adyen");
    const mixed = await sent([good.notificationItems[0], foreign.notificationItems[1]]);
    expect(mixed.status).toBe(401);
    expect(JSON.parse(mixed.body)).toMatchObject({ code: "INVALID_SIGNATURE" });
    const after = await until("the refused request", async () => {
      const now = await eventsOf("adyen");
      return now.requests.at(-1)?.outcome === "rejected" && now;
    });
    expect(after.events).toHaveLength(before.events.length);

    await sent(foreign.notificationItems);
    const requestId = await until("the foreign one", async () => {
      const refused = (await eventsOf("adyen")).requests.filter(
        ({ outcome }) => outcome === "rejected",
      );
      return refused.length === 2 && (refused[1]?.id ?? "");
    });
    process.env["T_BATCH_hex"] = "ff00";
    try {
      const released = await beside(gateway.store, (engine) =>
        releaseRequest(engine, gatewayFor("adyen"), { requestId }),
      );
      expect(released).toMatchObject({ kind: "released", eventIds: { length: 2 } });
      const ids = released.kind === "released" ? released.eventIds : [];
      const arrived = await until("both items", () => {
        const all = arrivalsOf(ids, "/sink");
        return all.length === 2 && all;
      });
      const codes = arrived.map(({ body: bytes }) => JSON.parse(String(bytes)).eventCode);
      expect(codes.sort()).toEqual(["ONE", "TWO"]);
    } finally {
      process.env["T_BATCH_hex"] = secrets.hex;
    }
  });

  test("is shown and archived item by item, a form's too", async () => {
    const [first] = (await eventsOf("mandrill")).events;
    const bytes = await beside(gateway.store, (engine) => readEventBytes(engine, first as Event));
    expect(String(bytes)).toBe(senderBatches["mandrill"]?.items[0]);
    const [dead] = await until("a delivery that died", () =>
      beside(gateway.store, async (engine) => {
        const all = await engine.deliveries({ eventId: first?.id ?? "" }, { limit: 10 });
        const died = all.items.filter(({ state }) => state === "dead");
        return died.length > 0 && died;
      }),
    );
    const archived = await beside(gateway.store, (engine) => deadDelivery(engine, dead?.id ?? ""));
    const { payload } = JSON.parse(archived?.text ?? "{}") as { payload: unknown };
    expect(payload).toBe(senderBatches["mandrill"]?.items[0]);
  });

  test("is replayed item by item, a form's too", async () => {
    const [, second] = (await eventsOf("mandrill")).events;
    const id = second?.id ?? "";
    const before = arrivalsOf([id], "/sink").length;
    await beside(gateway.store, (engine) => engine.replay([{ eventId: id, destination: "sink" }]));
    const again = await until("the replay", () => {
      const all = arrivalsOf([id], "/sink");
      return all.length === before + 1 && all;
    });
    expect(String(again.at(-1)?.body)).toBe(senderBatches["mandrill"]?.items[1]);
  });
});

function gatewayFor(name: string): Gateway {
  const found = gateway.gateway.sources.find((source) => source.name === name);
  if (found === undefined) throw new Error(`no source ${name}`);
  return { ...gateway.gateway, sources: [found] };
}
