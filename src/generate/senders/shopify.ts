/** Handlers of Shopify's events. */
import { type SenderTemplates, stateHandler, testsByHeaders } from "./templates.ts";

const types = `
/** Of Shopify's events, what the handlers read: https://shopify.dev/docs/api/webhooks has the rest. */
«export type Order = {
  readonly id: number;
  readonly email?: string | null;
  readonly financial_status?: string | null;
};»
`;

const ordersCreate = stateHandler({
  type: "orders/create",
  payload: "Order",
  says: "An order was placed.",
  outside: ["sendMail", "takeFromStock"],
  body: `
  const { id, email, financial_status } = event.payload;
  const orderId = String(id);
  const state = financial_status === "paid" ? "paid" : "created";
  await setState("orders", orderId, { state, at: event.occurredAt ?? event.receivedAt });
  await takeFromStock(orderId);
  if (email) await sendMail({ to: email, subject: "Order " + orderId + " was received" });
  return { processed: true, orderId };`,
});

const tests = testsByHeaders("shopify", {
  title: "Shopify",
  tests: `
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
`,
  forged: [
    '"x-shopify-topic": "orders/create"',
    '"x-shopify-webhook-id": "webhook-2"',
    '"x-shopify-hmac-sha256": Buffer.alloc(32).toString("base64")',
  ],
});

/** What is written for Shopify. */
export const shopifyTemplates: SenderTemplates = {
  types: { own: types },
  handlers: { "orders/create": ordersCreate },
  required: { "orders/create": ["id"] },
  tests,
};
