/** `verify` alone: what it is called with, and what it finds. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { responseOf, verify } from "../../src/index.ts";
import { mandrill } from "../../src/providers/mandrill.ts";
import { stripe } from "../../src/providers/stripe.ts";

const now = 1_700_000_000_000;
const secrets = ["whsec_test"];
const body = '{"id":"evt_1","type":"a.b"}';
const signed = (secret = "whsec_test") => {
  const digest = createHmac("sha256", secret)
    .update(`${now / 1000}.${body}`)
    .digest("hex");
  return { headers: { "stripe-signature": `t=${now / 1000},v1=${digest}` }, body };
};

describe("verify alone", () => {
  test("takes a request of today and refuses one of last week", async () => {
    expect(await verify(stripe, signed(), { secrets, now })).toMatchObject({ kind: "verified" });
    const later = now + 7 * 86_400_000;
    const refused = await verify(stripe, signed(), { secrets, now: later });
    expect(refused).toMatchObject({ kind: "rejected", code: "TIMESTAMP_TOO_OLD" });
  });

  test.each([
    ["toleranceSeconds", { toleranceSeconds: Number.NaN, now: now * 2 }],
    ["toleranceSeconds", { toleranceSeconds: Number.POSITIVE_INFINITY }],
    ["toleranceSeconds", { toleranceSeconds: -1 }],
    ["now", { now: Number.NaN }],
  ])("throws where %s is no number that bounds anything", async (name, over) => {
    const judged = verify(stripe, signed(), { secrets, now, ...over });
    await expect(judged).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(name),
    });
  });

  test("takes no secret of blanks, by which anybody could sign", async () => {
    const judged = verify(stripe, signed("  "), { secrets: ["  "], now });
    await expect(judged).rejects.toMatchObject({ code: "USAGE" });
    const named = verify(stripe, signed(" "), { secrets: [{ name: "S", value: " " }], now });
    await expect(named).rejects.toMatchObject({ code: "USAGE" });
  });

  test.each([
    ["no request", undefined, { secrets }],
    ["no headers", { body }, { secrets }],
    ["no options", signed(), undefined],
    ["a secret that is no list", signed(), { secrets: "whsec_test" }],
  ])("says what is missing: %s", async (_, given, options) => {
    const judged: Promise<unknown> = Reflect.apply(verify, undefined, [stripe, given, options]);
    await expect(judged).rejects.toMatchObject({ code: "USAGE" });
  });

  test("finds the events of a form's field", async () => {
    const url = "https://example.com/mandrill";
    const items = '[{"event":"open","ts":1},{"event":"click","ts":2}]';
    const given = { body: Buffer.from(items), secret: "key", now, options: {}, url };
    const { headers, body: form = Buffer.alloc(0) } = mandrill.sign({
      ...given,
      id: "1",
      type: "open",
    });
    const result = await verify(mandrill, { headers, body: form }, { secrets: ["key"], now, url });
    const events = result.kind === "verified" ? result.events : [];
    expect(events.map((event) => [event.type, event.payload])).toEqual([
      ["open", { event: "open", ts: 1 }],
      ["click", { event: "click", ts: 2 }],
    ]);
  });
});

describe("the answer to a handshake", () => {
  test("is a Response with its type, also where it has no body", async () => {
    const told = responseOf({ status: 200, body: '{"type":1}', contentType: "application/json" });
    expect(told.headers.get("content-type")).toBe("application/json");
    expect(await told.json()).toEqual({ type: 1 });
    expect(responseOf({ status: 204, body: "" }).status).toBe(204);
  });
});
