/** Headers that are credentials in themselves: neither kept nor handed on, whoever sends them, over a real socket. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { releaseRequest } from "../../src/app/operate.ts";
import { secret } from "../../src/core/define.ts";
import { http } from "../../src/destinations/index.ts";
import { huggingFace, stripe } from "../../src/providers/index.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { allRequests, beside } from "../support/kept.ts";
import { exchangeOnce } from "../support/raw-http.ts";
import { forwardSecret, openSink, type Sink } from "../support/sink.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const token = "the-token-that-proves-the-sender";
const key = "a-key-that-nobody-asked-for";

let sink: Sink;
let gateway: LocalGateway;

beforeEach(async () => {
  sink = await openSink();
  process.env["C_STRIPE"] = stripeSecret;
  process.env["C_TOKEN"] = token;
  process.env["C_FORWARD"] = forwardSecret;
  gateway = await runHere({
    sources: {
      stripe: stripe({ path: "/stripe", secrets: [secret("C_STRIPE")] }),
      models: huggingFace({ path: "/models", secrets: [secret("C_TOKEN")] }),
    },
    destinations: {
      sink: http({ url: sink.url, secrets: [secret("C_FORWARD")], allowPrivate: true }),
    },
    routes: [{ to: "sink" }],
  });
});

afterEach(async () => {
  await gateway.end();
  await sink.close();
});

const keptHeaders = (outcome: "accepted" | "rejected", count = 1) =>
  beside(gateway.store, (engine) =>
    until(`${count} ${outcome}`, async () => {
      const kept = await allRequests(engine, { outcome });
      return kept.length === count && kept.map(({ headers }) => headers.join("\n"));
    }),
  );

const event = { event: { scope: "repo", action: "update" } };
const postModel = (given: string, n: number) =>
  exchangeOnce(gateway.port, {
    path: "/models",
    headers: { "X-Webhook-Secret": given, "X-Trace": "kept" },
    body: JSON.stringify({ ...event, n }),
  });

test.each([
  "X-Api-Key",
  "x-api-key",
  "X-Auth-Token",
  "Proxy-Authorization",
  "X-Access-Token",
  "X-Webhook-Secret",
])("%s of a sender that is known by its signature isn't kept", async (name) => {
  const { headers, body } = stripeEvent();
  const more = { [name]: key, "X-Trace": "kept" };
  const sent = { path: "/stripe", headers: { ...headers, ...more }, body };
  expect((await exchangeOnce(gateway.port, sent)).status).toBe(200);
  const [kept] = await keptHeaders("accepted");
  expect(kept).toContain(`${name}\n[withheld]`);
  expect(kept).toContain("X-Trace\nkept");
  const arrival = await until("its delivery", () => sink.arrivals[0]);
  expect(arrival.headers).toMatchObject({ "x-trace": "kept" });
  expect(arrival.headers[name.toLowerCase()]).toBeUndefined();
  expect(JSON.stringify(arrival.headers)).not.toContain(key);
});

test("what a sender proves itself by isn't kept once it has", async () => {
  expect((await postModel(token, 1)).status).toBe(200);
  // A duplicate's receipt as well.
  expect((await postModel(token, 1)).status).toBe(200);
  await until("its delivery", () => sink.arrivals[0]);
  const kept = await beside(gateway.store, (engine) => allRequests(engine));
  expect(kept.map(({ outcome }) => outcome)).toEqual(["accepted", "duplicate"]);
  expect(JSON.stringify(kept)).not.toContain(token);
  expect(JSON.stringify(kept)).toContain("X-Trace");
  expect(JSON.stringify(sink.arrivals)).not.toContain(token);
});

test("what failed to prove it is kept, since it is judged again when the request is released", async () => {
  const newer = "the-token-after-a-rotation";
  expect((await postModel(newer, 1)).status).toBe(401);
  expect((await keptHeaders("rejected"))[0]).toContain(`X-Webhook-Secret\n${newer}`);
  process.env["C_TOKEN"] = newer;
  const { store, gateway: settings } = gateway;
  const { kind } = await beside(store, async (engine) => {
    const [rejected] = await allRequests(engine, { outcome: "rejected" });
    return releaseRequest(engine, settings, { requestId: rejected?.id ?? "" });
  });
  expect(kind).toBe("released");
  const arrival = await until("its delivery", () => sink.arrivals[0]);
  expect(JSON.stringify(arrival.headers)).not.toContain(newer);
});
