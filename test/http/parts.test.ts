/** An event in a form of parts, over a real socket: its JSON alone is kept as the event, delivered and shown. */
import { afterAll, expect, test } from "vitest";
import { readEventBytes } from "../../src/app/event-bytes.ts";
import { secret } from "../../src/core/define.ts";
import type { Event } from "../../src/core/types.ts";
import { http } from "../../src/destinations/index.ts";
import { dropboxSign } from "../../src/providers/index.ts";
import { runHere } from "../support/in-process.ts";
import { allEvents, beside } from "../support/kept.ts";
import { exchangeOnce } from "../support/raw-http.ts";
import { forwardSecret, openSink } from "../support/sink.ts";
import { until } from "../support/until.ts";

process.env["T_PARTS"] = "an API key";
process.env["T_PARTS_FORWARD"] = forwardSecret;

const sink = await openSink();
const gateway = await runHere({
  sources: { sign: dropboxSign({ path: "/sign", secrets: [secret("T_PARTS")] }) },
  destinations: {
    sink: http({ url: sink.url, secrets: [secret("T_PARTS_FORWARD")], allowPrivate: true }),
  },
  routes: [{ to: "sink" }],
  server: { host: "127.0.0.1" },
});

afterAll(async () => {
  await gateway.end();
  await sink.close();
});

test("Dropbox Sign is answered by its text, and its form's JSON is the event", async () => {
  const { sign } = dropboxSign;
  const given = { body: Buffer.from('{"signature_request":{"title":"grüße"}}'), options: {} };
  const at = { now: Date.now(), id: "1", type: "signature_request_sent" };
  const signed = sign({ ...given, ...at, secret: "an API key" });
  const body = signed.body ?? Buffer.alloc(0);
  const sent = { path: "/sign", headers: signed.headers, body };
  const first = await exchangeOnce(gateway.port, sent);
  expect([first.status, first.body]).toEqual([200, "Hello API Event Received"]);
  expect(first.headers["content-type"]).toContain("text/plain");
  const again = await exchangeOnce(gateway.port, sent);
  expect([again.status, again.body]).toEqual([200, "Hello API Event Received"]);

  const text = body.toString("utf8");
  const json = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  const [event, ...others] = await beside(gateway.store, (engine) => allEvents(engine, {}));
  expect(others).toEqual([]);
  expect(event).toMatchObject({ type: "signature_request_sent", assurance: "authenticated" });
  const kept = await beside(gateway.store, (engine) => readEventBytes(engine, event as Event));
  expect(kept.toString("utf8")).toBe(json);
  const arrival = await until("its delivery", () => sink.arrivals[0]);
  expect(arrival.body?.toString("utf8")).toBe(json);
  expect(arrival.headers["content-type"]).toBe("application/json");
});
