import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { stripe } from "surehook/providers";
import { stateOf } from "../../webhooks/state.ts";
import { openWebhooks, secret, until, type Webhooks } from "./support.ts";

let webhooks: Webhooks;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());

function event(id: string, type: string, object: object): string {
  return JSON.stringify({ id, type, created: Math.floor(Date.now() / 1000), data: { object } });
}

/** Posts a body as Stripe signs it. */
function post(text: string, { now = Date.now(), to = webhooks } = {}): Promise<Response> {
  const body = Buffer.from(text);
  const signed = stripe.sign({ body, secret, now, options: {}, id: "", type: "" });
  return to.post("/webhooks/stripe", body, signed.headers);
}

test("a payment that succeeded pays its order, and a repeat is answered the same", async () => {
  const text = event("evt_1", "payment_intent.succeeded", {
    id: "pi_1",
    amount: 1999,
    currency: "eur",
    metadata: { orderId: "order-1" },
  });
  const first = await post(text);
  assert.equal(first.status, 200);
  const answer = await first.text();
  assert.match(answer, /"received":true,"eventId":"evt_1"/);
  await until("the order is paid", async () => (await stateOf("orders", "order-1")) === "paid");
  assert.equal(await (await post(text)).text(), answer);
});

test("an event that lacks what it must hold is answered 200 and not handled", async () => {
  const metadata = { orderId: "order-2" };
  const lacking = event("evt_3", "payment_intent.succeeded", { id: "pi_3", metadata });
  const answer = await post(lacking);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /"error":"Validation failed, event ignored"/);
  await post(event("evt_4", "payment_intent.succeeded", { id: "pi_4", amount: 1 }));
  await until("the next one is handled", async () => (await stateOf("orders", "pi_4")) === "paid");
  assert.equal(await stateOf("orders", "order-2"), undefined);
});

test("a large payment that failed is alerted, a small one is not", async () => {
  const failed = (id: string, amount: number) =>
    event("evt_" + id, "payment_intent.payment_failed", { id, amount, currency: "eur" });
  assert.equal((await post(failed("pi_small", 100_000))).status, 200);
  assert.equal((await post(failed("pi_large", 100_001))).status, 200);
  await until("the alert is raised", async () => (await stateOf("alerts", "pi_large")) === "raised");
  await until("the order is known", async () => (await stateOf("orders", "pi_small")) === "payment failed");
  assert.equal(await stateOf("alerts", "pi_small"), undefined);
});

test("subscriptions and invoices set the customer's state", async () => {
  const customer = "cus_1";
  await post(event("evt_s1", "customer.subscription.created", { id: "sub_1", customer }));
  await until("subscribed", async () => (await stateOf("customers", customer)) === "subscribed");
  await post(event("evt_i1", "invoice.payment_failed", { id: "in_1", customer }));
  await until("overdue", async () => (await stateOf("customers", customer)) === "payment failed");
  await post(event("evt_s2", "customer.subscription.deleted", { id: "sub_1", customer }));
  await until("cancelled", async () => (await stateOf("customers", customer)) === "cancelled");
});

test("what isn't signed by Stripe, or too long ago, is refused with 401", async () => {
  const text = event("evt_2", "payment_intent.succeeded", { id: "pi_2", amount: 1 });
  const forged = await webhooks.post("/webhooks/stripe", Buffer.from(text), {
    "stripe-signature": "t=" + Math.floor(Date.now() / 1000) + ",v1=" + "0".repeat(64),
  });
  assert.equal(forged.status, 401);
  assert.match(await forged.text(), /"code":"INVALID_SIGNATURE"/);
  const stale = await post(text, { now: Date.now() - 301_000 });
  assert.equal(stale.status, 401);
  assert.match(await stale.text(), /"code":"TIMESTAMP_TOO_OLD"/);
});

test("more than 100 a minute are refused with 429, whether new or repeated", async () => {
  const busy = await openWebhooks();
  const crowd = async (idOf: (at: number) => string) => {
    const texts = Array.from({ length: 150 }, (_, at) => event(idOf(at), "payout.paid", {}));
    const answers = await Promise.all(texts.map((text) => post(text, { to: busy })));
    return answers.map(({ status }) => status);
  };
  const statuses = await crowd((at) => "evt_crowd_" + at);
  assert.deepEqual([...new Set(statuses)].sort(), [200, 429]);
  const repeated = await crowd(() => "evt_crowd_0");
  assert.ok(repeated.includes(429));
  await busy.close();
});
