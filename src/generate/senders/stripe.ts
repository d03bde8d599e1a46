/** Handlers of Stripe's events. */
import { stripeOnLambda } from "./stripe-on-lambda.ts";
import { type SenderTemplates, type StateHandler, stateHandler, testsOf } from "./templates.ts";

/** Payload types by event type: of the package, and of what is used without it. */
const payloads = {
  "payment_intent.succeeded": { name: "PaymentIntentSucceeded", own: "Payment" },
  "payment_intent.payment_failed": { name: "PaymentIntentPaymentFailed", own: "Payment" },
  "customer.subscription.created": { name: "CustomerSubscriptionCreated", own: "Subscription" },
  "customer.subscription.deleted": { name: "CustomerSubscriptionDeleted", own: "Subscription" },
  "invoice.payment_failed": { name: "InvoicePaymentFailed", own: "Invoice" },
} as const;
type StripeType = keyof typeof payloads;

function exported(of: (payload: { readonly name: string; readonly own: string }) => string) {
  const lines = Object.values(payloads).map((one) => `export type ${one.name} = ${of(one)};`);
  return `«${lines.join("\n")}»\n`;
}

const ownTypes = `
/** Of Stripe's events, what the handlers read. With the package \`stripe\` installed, its own types are the better ones. */
«type EventOf<T> = { readonly id: string; readonly type: string; readonly data: { readonly object: T } };
type Reference = string | { readonly id: string };
type Payment = {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly customer: Reference | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly receipt_email: string | null;
};
type Subscription = { readonly id: string; readonly status: string; readonly customer: Reference };
type Invoice = { readonly id?: string; readonly customer: Reference | null; readonly amount_due: number };»

${exported(({ own }) => `EventOf<${own}>`)}`;

const publishedTypes = `
/** Stripe's own types, from its package; only the compiler needs it. */
«import type Stripe from "stripe";»

${exported(({ name }) => `Stripe.${name}Event`)}`;

const orderIdOf = `
/** The order that a payment is for: what its metadata names, else the payment itself. */
export function orderIdOf(
  payment«: { readonly id: string; readonly metadata?: Readonly<Record<string, string>> }»,
)«: string» {
  const { id, metadata = {} } = payment;
  return metadata["orderId"] ?? metadata["order_id"] ?? id;
}
`;

function paymentHandler(type: StripeType, given: Pick<StateHandler, "says" | "outside" | "body">) {
  return stateHandler({
    ...given,
    type,
    payload: payloads[type].name,
    imports: ['import { orderIdOf } from "./order-id-of.ts";'],
    body: `
  const payment = event.payload.data.object;
  const orderId = orderIdOf(payment);${given.body}
  return { processed: true, orderId };`,
  });
}

const succeeded = paymentHandler("payment_intent.succeeded", {
  says: "The order that the payment is for is paid.",
  outside: ["sendMail", "takeFromStock"],
  body: `
  await setState("orders", orderId, { state: "paid", at: event.occurredAt ?? event.receivedAt });
  await takeFromStock(orderId);
  if (payment.receipt_email) {
    await sendMail({ to: payment.receipt_email, subject: "Order " + orderId + " is paid" });
  }`,
});

const failed = paymentHandler("payment_intent.payment_failed", {
  says: "The order could not be paid. Large ones are alerted too: see middleware/large-failures.",
  body: `
  await setState("orders", orderId, {
    state: "payment failed",
    at: event.occurredAt ?? event.receivedAt,
  });`,
});

const idOf = `
/** The id of what Stripe refers to by it, or sends in full. */
export function idOf(reference«: string | { readonly id: string } | null | undefined»)«: string» {
  return typeof reference === "object" ? (reference?.id ?? "unknown") : (reference ?? "unknown");
}
`;

function customerHandler(type: StripeType, state: string, says: string): string {
  return stateHandler({
    type,
    payload: payloads[type].name,
    says,
    imports: ['import { idOf } from "./id-of.ts";'],
    body: `
  const customerId = idOf(event.payload.data.object.customer);
  await setState("customers", customerId, {
    state: "${state}",
    at: event.occurredAt ?? event.receivedAt,
  });
  return { processed: true, customerId };`,
  });
}

const largeFailures = `
«import type { CodeEvent, TransformContext } from "surehook/destinations";»
«import type { PaymentIntentPaymentFailed } from "../handlers/stripe/types.ts";»

/** Payments above this amount, in minor units such as cents, are alerted when they fail. */
const alertAbove = 100_000;

/** Makes an alert of a failed payment, for the destination \`alerts\` of config/webhooks.json; skips small ones. */
export function transform(
  event«: CodeEvent<PaymentIntentPaymentFailed>»,
  context«: TransformContext»,
)«: unknown» {
  const { id, amount, currency } = event.payload.data.object;
  if (amount <= alertAbove) return context.skip("the amount is not above " + alertAbove);
  return { id, text: "A payment of " + amount + " " + currency + " (minor units) has failed: " + id };
}
`;

const alerts = `
«import type { CodeEvent } from "surehook/destinations";»
import { sendAlert } from "../outside.ts";
import { setState } from "../state.ts";

/** Keeps an alert and tells it. Any other kind of destination can take its place in config/webhooks.json. */
export async function handle(
  event«: CodeEvent<{ readonly id: string; readonly text: string }>»,
)«: Promise<void>» {
  await setState("alerts", event.payload.id, { state: "raised", at: event.receivedAt });
  await sendAlert(event.payload);
}
`;

const tests = testsOf(
  "stripe",
  `
function event(id«: string», type«: string», object«: object»)«: string» {
  return JSON.stringify({ id, type, created: Math.floor(Date.now() / 1000), data: { object } });
}

/** Posts a body as Stripe signs it. */
function post(text«: string», { now = Date.now(), to = webhooks } = {})«: Promise<Response>» {
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
  const failed = (id«: string», amount«: number») =>
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
  const crowd = async (idOf«: (at: number) => string») => {
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
`,
);

/** What is written for Stripe. */
export const stripeTemplates: SenderTemplates = {
  types: { package: "stripe", version: "^23.1.0", published: publishedTypes, own: ownTypes },
  handlers: {
    "payment_intent.succeeded": succeeded,
    "payment_intent.payment_failed": failed,
    "customer.subscription.created": customerHandler(
      "customer.subscription.created",
      "subscribed",
      "The customer has a subscription.",
    ),
    "customer.subscription.deleted": customerHandler(
      "customer.subscription.deleted",
      "cancelled",
      "The customer's subscription has ended.",
    ),
    "invoice.payment_failed": customerHandler(
      "invoice.payment_failed",
      "payment failed",
      "An invoice of the customer could not be paid.",
    ),
  },
  files: {
    "handlers/stripe/id-of": idOf,
    "handlers/stripe/order-id-of": orderIdOf,
    "middleware/large-failures": largeFailures,
    "processors/alerts": alerts,
  },
  required: {
    "*": ["id", "type", "data"],
    "payment_intent.succeeded": ["id", "type", "data.object.amount"],
    "payment_intent.payment_failed": ["id", "type", "data.object.amount"],
    "customer.subscription.created": ["id", "type", "data.object.customer"],
    "customer.subscription.deleted": ["id", "type", "data.object.customer"],
    "invoice.payment_failed": ["id", "type", "data.object.customer"],
  },
  tests,
  lambda: stripeOnLambda,
  parts: (webhooks, ending) => ({
    destinations: {
      alerts: {
        kind: "code",
        module: `${webhooks}/processors/alerts.${ending}`,
        isolation: "none",
        retry: "short",
      },
    },
    routes: [
      {
        from: "stripe",
        types: ["payment_intent.payment_failed"],
        to: "alerts",
        transform: `${webhooks}/middleware/large-failures.${ending}`,
      },
    ],
  }),
};
