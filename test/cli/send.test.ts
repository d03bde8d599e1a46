/** `surehook send` against a gateway that runs. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { GatewayFolder, secrets, until } from "./gateway-folder.ts";

let folder: GatewayFolder;

beforeAll(async () => {
  folder = new GatewayFolder();
  await folder.start();
});

afterAll(() => folder.remove());

const send = (...words: readonly string[]) => folder.run(["send", ...words, "--url", folder.url]);

test("sends a realistic event that is accepted and delivered, and prints the answer", async () => {
  const { code, out } = await send("stripe", "payment_intent.succeeded");
  expect(code).toBe(0);
  const { eventId, jobId } = JSON.parse(out.replace(/^200 /, ""));
  expect(eventId).toMatch(/^evt_/);
  await until("the event at the handler", () => folder.seen().includes(jobId));
});

test("sends many with ids of their own, and counts the answers", async () => {
  const { code, out } = await send("shop", "order.paid", "--count", "30", "--json");
  expect(code).toBe(0);
  const { sent, accepted, statuses, answers } = JSON.parse(out);
  expect({ sent, accepted, statuses }).toEqual({ sent: 30, accepted: 30, statuses: { 200: 30 } });
  const ids = answers.map(({ body }: { body: string }) => JSON.parse(body).jobId);
  expect(new Set(ids).size).toBe(answers.length);
});

test("keeps to a rate", async () => {
  const startedAt = performance.now();
  const { out } = await send("shop", "order.paid", "--count", "5", "--rate", "10");
  expect(performance.now() - startedAt).toBeGreaterThan(400);
  expect(out).toContain("Sent 5 events: 5 × 200");
});

test("sends a file's bytes as they are, as any type", async () => {
  const bytes = Buffer.from([0, 1, 2, 0xff, 0x1b, 0x5b]);
  const file = folder.write("body.bin", bytes);
  const { code, out, err } = await send("stripe", "whatever.happened", "--file", file);
  expect(code).toBe(0);
  expect(err).toContain('not as "whatever.happened"');
  const { jobId } = JSON.parse(out.replace(/^200 /, ""));
  const shown = await folder.json("events", "show", jobId);
  expect(shown).toMatchObject({ encoding: "base64", body: bytes.toString("base64") });
  expect(await folder.ok("events", "show", jobId)).toContain("00 01 02 ff 1b 5b");
});

test("a file's own type is the one that counts: another is refused", async () => {
  const file = folder.write("paid.json", JSON.stringify({ id: "evt_file", type: "invoice.paid" }));
  const other = await send("stripe", "charge.refunded", "--file", file);
  expect(other).toMatchObject({ code: 2, out: "" });
  expect(other.err).toContain('its type is "invoice.paid", not "charge.refunded"');
  const { code, out, err } = await send("stripe", "invoice.paid", "--file", file);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const { jobId } = JSON.parse(out.replace(/^200 /, ""));
  expect((await folder.json("events", "show", jobId)).event.type).toBe("invoice.paid");
});

test("where a header says the type, any file goes as any type", async () => {
  const file = folder.write("other.json", JSON.stringify({ type: "invoice.paid" }));
  const { code, out } = await send("shop", "order.paid", "--file", file);
  expect(code).toBe(0);
  const { jobId } = JSON.parse(out.replace(/^200 /, ""));
  expect((await folder.json("events", "show", jobId)).event.type).toBe("order.paid");
});

test("an unknown type is told with the one that was meant, or once with all there are", async () => {
  const near = await send("stripe", "payment_intent.suceeded");
  expect(near.code).toBe(3);
  expect(near.err).toContain('Did you mean "payment_intent.succeeded"?');
  expect(near.err).toContain("--file");
  const { err } = await send("stripe", "zzzzzz");
  expect(err.split("payout.paid")).toHaveLength(2);
});

test("a provider without samples takes any type", async () => {
  expect((await send("shop", "anything.at.all")).code).toBe(0);
});

test("a source that is off ends with 2", async () => {
  const off = await send("off", "push");
  expect(off.code).toBe(2);
  expect(off.err).toContain("[SOURCE_OFF]");
});

test("a path's parameters are asked for and filled in", async () => {
  const missing = await send("tenants", "x");
  expect(missing.code).toBe(2);
  expect(missing.err).toContain("--param tenant=");
  const { out } = await send("tenants", "x", "--param", "tenant=a b");
  const { jobId } = JSON.parse(out.replace(/^200 /, ""));
  const { event, request } = await folder.json("events", "show", jobId);
  expect(event.params).toEqual({ tenant: "a b" });
  expect(request.path).toBe("/t/a%20b");
});

test("a refusal ends with 1 and says where to look", async () => {
  const words = ["send", "shop", "order.paid", "--url", folder.url];
  const { code, out, err } = await folder.run(words, { env: { SHOP_SECRET: "another" } });
  expect(code).toBe(1);
  expect(out).toContain('401 {"error":"Webhook verification failed","code":"INVALID_SIGNATURE"}');
  expect(err).toContain("surehook requests list --outcome rejected");
});

test("a gateway that isn't there ends with 1 and says so", async () => {
  const { code, out, err } = await folder.run(["send", "shop", "x", "--url", "http://127.0.0.1:9"]);
  expect(code).toBe(1);
  expect(out).toContain("ECONNREFUSED");
  expect(err).toContain("Is the gateway running?");
});

test("prints no secret", async () => {
  const { out, err } = await send("shop", "order.paid", "--json");
  for (const secret of Object.values(secrets)) expect(out + err).not.toContain(secret);
});
