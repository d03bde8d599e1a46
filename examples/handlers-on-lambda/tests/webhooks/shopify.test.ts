import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { shopify } from "surehook/providers";
import { stateOf } from "../../webhooks/state.ts";
import { openWebhooks, secret, until, type Webhooks } from "./support.ts";

let webhooks: Webhooks;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());

/** Posts a payload as Shopify signs it. */
function post(type: string, id: string, payload: object): Promise<Response> {
  const body = Buffer.from(JSON.stringify(payload));
  const signed = shopify.sign({ body, secret, now: Date.now(), options: {}, id, type });
  return webhooks.post("/webhooks/shopify", body, signed.headers);
}

test("an order that was placed is known, and a repeat is answered the same", async () => {
  const payload = { id: 450_789_469, email: "jane@example.com", financial_status: "paid" };
  const first = await post("orders/create", "webhook-1", payload);
  assert.equal(first.status, 200);
  const answer = await first.text();
  assert.match(answer, /"received":true,"eventId":"webhook-1"/);
  await until("the order is known", async () =>
    (await stateOf("orders", "450789469")) === "paid",
  );
  assert.equal(await (await post("orders/create", "webhook-1", payload)).text(), answer);
});

test("what isn't signed by Shopify is refused with 401", async () => {
  const forged = await webhooks.post("/webhooks/shopify", Buffer.from("{}"), {
    "x-shopify-topic": "orders/create",
    "x-shopify-webhook-id": "webhook-2",
    "x-shopify-hmac-sha256": Buffer.alloc(32).toString("base64"),
  });
  assert.equal(forged.status, 401);
});
