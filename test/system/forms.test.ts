/** The forms of a route, through a whole gateway in a process of its own to a real sink. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CloudEventV1, HTTP } from "cloudevents";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type GatewayProcess,
  scratch,
  startGateway,
  writeConfig,
} from "../support/gateway-process.ts";
import { allDeliveries, allEvents, beside } from "../support/kept.ts";
import { exchangeOnce } from "../support/raw-http.ts";
import { type Arrival, forwardSecret, openSink, type Sink } from "../support/sink.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

let folder: ReturnType<typeof scratch>;
let sink: Sink;
let gateway: GatewayProcess | undefined;

beforeEach(async () => {
  folder = scratch("forms");
  sink = await openSink();
});

afterEach(async () => {
  await gateway?.kill();
  gateway = undefined;
  await sink.close();
  folder.remove();
});

const store = () => join(folder.path, "store.db");

async function start(names: readonly string[], routes: string, more = ""): Promise<void> {
  const destinations = names.map(
    (name) =>
      `${name}: http({ url: "http://127.0.0.1:${sink.port}/${name}", secrets: [secret("FORWARD_SECRET")], allowPrivate: true, retry: { attempts: 1 }, timeoutSeconds: 2 })`,
  );
  const config = writeConfig(
    folder.path,
    `{
  server: { host: "127.0.0.1" },
  sources: { stripe: stripe({ path: "/in", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }) },
  destinations: { ${destinations.join(", ")}${more} },
  routes: ${routes},
}`,
  );
  const env = { STRIPE_WEBHOOK_SECRET: stripeSecret, FORWARD_SECRET: forwardSecret };
  gateway = await startGateway({ config, store: store(), env });
}

async function post(): Promise<{ readonly body: string; readonly ours: string }> {
  const { headers, body } = stripeEvent();
  const answer = await exchangeOnce(gateway?.port ?? 0, { path: "/in", headers, body });
  expect(answer.status).toBe(200);
  return { body, ours: (JSON.parse(answer.body) as { jobId: string }).jobId };
}

const at = (path: string): Arrival[] => sink.arrivals.filter((one) => one.path === `/${path}`);
const arrived = (path: string, count = 1): Promise<Arrival> =>
  until(`${count} at ${path}`, () => at(path).length === count && (at(path).at(-1) as Arrival));

function cloudEventOf({ headers, body }: Arrival): CloudEventV1<unknown> {
  return HTTP.toEvent({ headers, body: String(body) }) as CloudEventV1<unknown>;
}

test("each destination gets the form of the first route that names it, signed anew, replays too", async () => {
  await start(
    ["raw", "standard", "binary", "structured"],
    `[
      { to: "raw" },
      { types: ["payment_intent.*", "charge.*", "customer.*"], to: "standard", form: "standard" },
      { to: "binary", form: "cloudevents" },
      { to: ["structured", "standard"], form: "cloudevents-structured" },
    ]`,
  );
  const { body, ours } = await post();
  const { type, created } = JSON.parse(body);
  const raw = await arrived("raw");
  expect(String(raw.body)).toBe(body);
  expect(raw.headers["stripe-signature"]).toBeDefined();

  const standard = await arrived("standard");
  expect(standard.headers["content-type"]).toBe("application/json");
  expect(standard.headers["stripe-signature"]).toBeUndefined();
  expect(String(standard.body)).toBe(
    `{"id":"${ours}","source":"stripe","provider":"stripe","type":"${type}","timestamp":${created},"payload":${body}}`,
  );

  for (const one of [await arrived("binary"), await arrived("structured")]) {
    expect(cloudEventOf(one)).toMatchObject({
      specversion: "1.0",
      id: ours,
      source: "/sources/stripe",
      type,
      provider: "stripe",
      providereventid: JSON.parse(body).id,
      data: JSON.parse(body),
    });
  }
  expect(String(at("binary")[0]?.body)).toBe(body);
  expect(sink.faults).toEqual([]);

  await beside(store(), async (engine) => {
    await engine.replay([{ eventId: ours, destination: "standard" }]);
  });
  const again = await arrived("standard", 2);
  expect(String(again.body)).toBe(String(standard.body));
});

const transforms = `export function transform(event, context) {
  const { id } = event.payload;
  const wish = event.headers["x-wish"];
  context.log("asked", { wish });
  if (wish === "skip") return context.skip("not wanted: " + id);
  if (wish === "nothing") return null;
  if (wish === "throw") throw new Error("no such customer");
  if (wish === "bigint") return { n: 1n };
  if (wish === "exit") process.exit(3);
  if (wish === "hang") return new Promise(() => undefined);
  if (wish === "loop") for (;;) ;
  return { id, type: event.type, attempt: context.attempt };
}
`;

async function wish(what: string): Promise<string> {
  const { headers, body } = stripeEvent();
  const sent = { path: "/in", headers: { ...headers, "X-Wish": what }, body };
  const startedAt = performance.now();
  const answer = await exchangeOnce(gateway?.port ?? 0, sent);
  expect(answer.status).toBe(200);
  // Whatever the module does, no sender waits for it.
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  return (JSON.parse(answer.body) as { jobId: string }).jobId;
}

const settled = (eventId: string) =>
  until(`the end of ${eventId}`, async () => {
    const list = await beside(store(), allDeliveries);
    const one = list.find((delivery) => delivery.eventId === eventId);
    return one !== undefined && ["delivered", "skipped", "dead"].includes(one.state) && one;
  });

test("a transform's result goes out as JSON; it can skip; what it breaks fails its own attempt only", async () => {
  writeFileSync(join(folder.path, "transform.ts"), transforms);
  await start(["crm"], `[{ to: "crm", transform: () => import("./transform.ts") }]`);
  const first = await wish("go on");
  const one = await arrived("crm");
  expect(JSON.parse(String(one.body))).toMatchObject({ attempt: 1, id: expect.any(String) });
  expect(one.headers["content-type"]).toBe("application/json");
  expect(sink.faults).toEqual([]);
  expect((await settled(first)).state).toBe("delivered");

  expect(await settled(await wish("skip"))).toMatchObject({
    state: "skipped",
    reason: expect.stringMatching(/^not wanted: evt_/),
  });
  expect(await settled(await wish("nothing"))).toMatchObject({
    state: "skipped",
    reason: "the route's transform returned nothing",
  });
  for (const [what, reason] of [
    ["throw", /HANDLER_FAILED: no such customer/],
    ["bigint", /HANDLER_FAILED: .*BigInt/],
    ["exit", /HANDLER_FAILED: .*exited with code 3/],
    ["hang", /DESTINATION_TIMEOUT: transform did not end within 2 s/],
    ["loop", /DESTINATION_TIMEOUT: transform did not end/],
  ] as const) {
    const ended = await settled(await wish(what));
    expect([ended.state, ended.reason]).toEqual(["dead", expect.stringMatching(reason)]);
  }
  await wish("go on");
  await arrived("crm", 2);
});

test("a JSON config names a transform by its path, and a code destination gets the form's payload", async () => {
  writeFileSync(
    join(folder.path, "transform.mjs"),
    "export const transform = ({ type }) => ({ only: type });",
  );
  const out = join(folder.path, "seen.txt");
  writeFileSync(
    join(folder.path, "handle.mjs"),
    `import { appendFileSync } from "node:fs";
export function handle(event) {
  appendFileSync(${JSON.stringify(out)}, JSON.stringify([event.payload, event.headers]) + "\\n");
}`,
  );
  const config = join(folder.path, "surehook.config.json");
  writeFileSync(
    config,
    JSON.stringify({
      server: { host: "127.0.0.1" },
      sources: {
        stripe: { provider: "stripe", path: "/in", secrets: [{ secret: "STRIPE_WEBHOOK_SECRET" }] },
      },
      destinations: {
        crm: { kind: "http", url: `http://127.0.0.1:${sink.port}/crm`, allowPrivate: true },
        own: { kind: "code", module: "./handle.mjs" },
      },
      routes: [
        { to: "crm", transform: "./transform.mjs" },
        { to: "own", form: "standard" },
      ],
    }),
  );
  const env = { STRIPE_WEBHOOK_SECRET: stripeSecret };
  gateway = await startGateway({ config, store: store(), env });
  const { body, ours } = await post();
  const { type } = JSON.parse(body);
  expect(JSON.parse(String((await arrived("crm")).body))).toEqual({ only: type });
  await until("both deliveries", async () => {
    const list = await beside(store(), allDeliveries);
    return list.length === 2 && list.every(({ state }) => state === "delivered");
  });
  const [payload, headers] = JSON.parse(readFileSync(out, "utf8"));
  expect(payload).toMatchObject({ id: ours, source: "stripe", payload: JSON.parse(body) });
  expect(headers).toEqual({ "content-type": "application/json" });
  await beside(store(), async (engine) => expect(await allEvents(engine)).toHaveLength(1));
});
