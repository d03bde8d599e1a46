import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { stripe } from "surehook/providers";
import { stateOf } from "../../webhooks/state.ts";
import { httpEvent, openWebhooks, restEvent, secret, until, type Webhooks } from "./support.ts";

let webhooks: Webhooks;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());

const succeeded = JSON.stringify({
  id: "evt_functions_1",
  type: "payment_intent.succeeded",
  created: Math.floor(Date.now() / 1000),
  data: {
    object: {
      id: "pi_functions_1",
      amount: 4250,
      currency: "usd",
      receipt_email: "ada@example.com",
      metadata: { order_id: "order-of-functions" },
    },
  },
});

function post(eventOf: typeof httpEvent, now = Date.now()): Promise<Response> {
  const body = Buffer.from(succeeded);
  const signed = stripe.sign({ body, secret, now, options: {}, id: "", type: "" });
  return webhooks.post("/webhooks/stripe", body, signed.headers, eventOf);
}

test("a paid order is answered alike from an HTTP API and a REST API, and comes once to each", async () => {
  const first = await post(httpEvent);
  assert.equal(first.status, 200);
  const answer = await first.text();
  assert.match(answer, /"received":true,"eventId":"evt_functions_1"/);
  assert.equal(await (await post(restEvent)).text(), answer);
  const isPaid = async () => (await stateOf("orders", "order-of-functions")) === "paid";
  await until("the order is paid", isPaid);
  await until("a worker is told", async () => webhooks.lines("sqs", "work").length > 0);
  const [work, ...more] = webhooks.lines("sqs", "work");
  assert.deepEqual(more, []);
  assert.deepEqual(JSON.parse(work["MessageBody"]), {
    action: "fulfill_order",
    order_id: "order-of-functions",
    amount: 4250,
    currency: "usd",
  });
  assert.equal(work["MessageAttributes"].Type.StringValue, "fulfill_order");
  await until("the topic is told", async () => webhooks.lines("sns", "notices").length > 0);
  const [notice] = webhooks.lines("sns", "notices");
  assert.equal(notice["Subject"], "Webhook Event: payment_success");
  assert.deepEqual(JSON.parse(notice["Message"]), {
    type: "payment_success",
    customer_email: "ada@example.com",
    amount: 42.5,
  });
});

test("a REST API's request with an old signature is refused with 401", async () => {
  const stale = await post(restEvent, Date.now() - 301_000);
  assert.equal(stale.status, 401);
  assert.match(await stale.text(), /"code":"TIMESTAMP_TOO_OLD"/);
});
