/** Handlers of Shopify's events. */
import type { SenderTemplates } from "./templates.ts";

const types = `
/** Of Shopify's events, what the handlers read: https://shopify.dev/docs/api/webhooks has the rest. */
«export type Order = {
  readonly id: number;
  readonly email?: string | null;
  readonly financial_status?: string | null;
};»
`;

const ordersCreate = `
«import type { CodeEvent } from "surehook/destinations";»
import { sendMail, takeFromStock } from "../../outside.ts";
«import type { Result } from "../../processors/process-event.ts";»
import { setState } from "../../state.ts";
«import type { Order } from "./types.ts";»

/** An order was placed. */
export async function onOrdersCreate(event«: CodeEvent<Order>»)«: Promise<Result>» {
  const { id, email, financial_status } = event.payload;
  const orderId = String(id);
  const state = financial_status === "paid" ? "paid" : "created";
  setState("orders", orderId, { state, at: event.occurredAt ?? event.receivedAt });
  await takeFromStock(orderId);
  if (email) await sendMail({ to: email, subject: "Order " + orderId + " was received" });
  return { processed: true, orderId };
}
`;

const tests = `
import assert from "node:assert/strict";
import { after, before, test } from "@runner";
import { shopify } from "surehook/providers";
import { stateOf } from "@webhooks/state.ts";
import { openWebhooks, secret, until«, type Webhooks» } from "./support.ts";

let webhooks«: Webhooks»;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());

/** Posts a payload as Shopify signs it. */
function post(type«: string», id«: string», payload«: object»)«: Promise<Response>» {
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
  await until("the order is known", () => stateOf("orders", "450789469") === "paid");
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
`;

/** What is written for Shopify. */
export const shopifyTemplates: SenderTemplates = {
  types: { own: types },
  handlers: { "orders/create": ordersCreate },
  required: { "orders/create": ["id"] },
  tests,
};
