/** Handlers of Stripe's events. */
import type { SenderTemplates } from "./templates.ts";

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

«export type PaymentIntentSucceeded = EventOf<Payment>;
export type PaymentIntentPaymentFailed = EventOf<Payment>;
export type CustomerSubscriptionCreated = EventOf<Subscription>;
export type CustomerSubscriptionDeleted = EventOf<Subscription>;
export type InvoicePaymentFailed = EventOf<Invoice>;»
`;

const publishedTypes = `
/** Stripe's own types, from its package; only the compiler needs it. */
«import type Stripe from "stripe";»

«export type PaymentIntentSucceeded = Stripe.PaymentIntentSucceededEvent;
export type PaymentIntentPaymentFailed = Stripe.PaymentIntentPaymentFailedEvent;
export type CustomerSubscriptionCreated = Stripe.CustomerSubscriptionCreatedEvent;
export type CustomerSubscriptionDeleted = Stripe.CustomerSubscriptionDeletedEvent;
export type InvoicePaymentFailed = Stripe.InvoicePaymentFailedEvent;»
`;

const succeeded = `
«import type { CodeEvent } from "surehook/destinations";»
import { sendMail, takeFromStock } from "../../outside.ts";
«import type { Result } from "../../processors/process-event.ts";»
import { setState } from "../../state.ts";
«import type { PaymentIntentSucceeded } from "./types.ts";»

/** The order that the payment names in \`metadata.orderId\`, else the payment itself, is paid. */
export async function onPaymentIntentSucceeded(
  event«: CodeEvent<PaymentIntentSucceeded>»,
)«: Promise<Result>» {
  const payment = event.payload.data.object;
  const orderId = payment.metadata?.["orderId"] ?? payment.id;
  setState("orders", orderId, { state: "paid", at: event.occurredAt ?? event.receivedAt });
  await takeFromStock(orderId);
  if (payment.receipt_email) {
    await sendMail({ to: payment.receipt_email, subject: "Order " + orderId + " is paid" });
  }
  return { processed: true, orderId };
}
`;

const failed = `
«import type { CodeEvent } from "surehook/destinations";»
«import type { Result } from "../../processors/process-event.ts";»
import { setState } from "../../state.ts";
«import type { PaymentIntentPaymentFailed } from "./types.ts";»

/** The order could not be paid. Large ones are alerted too: see middleware/large-failures. */
export async function onPaymentIntentPaymentFailed(
  event«: CodeEvent<PaymentIntentPaymentFailed>»,
)«: Promise<Result>» {
  const payment = event.payload.data.object;
  const orderId = payment.metadata?.["orderId"] ?? payment.id;
  setState("orders", orderId, { state: "payment failed", at: event.occurredAt ?? event.receivedAt });
  return { processed: true, orderId };
}
`;

const idOf = `
/** The id of what Stripe refers to by it, or sends in full. */
export function idOf(reference«: string | { readonly id: string } | null | undefined»)«: string» {
  return typeof reference === "object" ? (reference?.id ?? "unknown") : (reference ?? "unknown");
}
`;

const customerHandler = (given: {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly says: string;
}): string => `
«import type { CodeEvent } from "surehook/destinations";»
«import type { Result } from "../../processors/process-event.ts";»
import { setState } from "../../state.ts";
import { idOf } from "./id-of.ts";
«import type { ${given.type} } from "./types.ts";»

/** ${given.says} */
export async function ${given.name}(
  event«: CodeEvent<${given.type}>»,
)«: Promise<Result>» {
  const customerId = idOf(event.payload.data.object.customer);
  setState("customers", customerId, { state: "${given.state}", at: event.occurredAt ?? event.receivedAt });
  return { processed: true, customerId };
}
`;

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
  setState("alerts", event.payload.id, { state: "raised", at: event.receivedAt });
  await sendAlert(event.payload);
}
`;

const tests = `
import assert from "node:assert/strict";
import { after, before, test } from "@runner";
import { stripe } from "surehook/providers";
import { stateOf } from "@webhooks/state.ts";
import { openWebhooks, secret, until«, type Webhooks» } from "./support.ts";

let webhooks«: Webhooks»;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());

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
  await until("the order is paid", () => stateOf("orders", "order-1") === "paid");
  assert.equal(await (await post(text)).text(), answer);
});

test("an event that lacks what it must hold is answered 200 and not handled", async () => {
  const metadata = { orderId: "order-2" };
  const lacking = event("evt_3", "payment_intent.succeeded", { id: "pi_3", metadata });
  assert.equal((await post(lacking)).status, 200);
  await post(event("evt_4", "payment_intent.succeeded", { id: "pi_4", amount: 1 }));
  await until("the next one is handled", () => stateOf("orders", "pi_4") === "paid");
  assert.equal(stateOf("orders", "order-2"), undefined);
});

test("a large payment that failed is alerted, a small one is not", async () => {
  const failed = (id«: string», amount«: number») =>
    event("evt_" + id, "payment_intent.payment_failed", { id, amount, currency: "eur" });
  assert.equal((await post(failed("pi_small", 100_000))).status, 200);
  assert.equal((await post(failed("pi_large", 100_001))).status, 200);
  await until("the alert is raised", () => stateOf("alerts", "pi_large") === "raised");
  await until("the order is known", () => stateOf("orders", "pi_small") === "payment failed");
  assert.equal(stateOf("alerts", "pi_small"), undefined);
});

test("subscriptions and invoices set the customer's state", async () => {
  const customer = "cus_1";
  await post(event("evt_s1", "customer.subscription.created", { id: "sub_1", customer }));
  await until("subscribed", () => stateOf("customers", customer) === "subscribed");
  await post(event("evt_i1", "invoice.payment_failed", { id: "in_1", customer }));
  await until("overdue", () => stateOf("customers", customer) === "payment failed");
  await post(event("evt_s2", "customer.subscription.deleted", { id: "sub_1", customer }));
  await until("cancelled", () => stateOf("customers", customer) === "cancelled");
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
`;

/** What is written for Stripe. */
export const stripeTemplates: SenderTemplates = {
  types: { package: "stripe", version: "^23.1.0", published: publishedTypes, own: ownTypes },
  handlers: {
    "payment_intent.succeeded": succeeded,
    "payment_intent.payment_failed": failed,
    "customer.subscription.created": customerHandler({
      name: "onCustomerSubscriptionCreated",
      type: "CustomerSubscriptionCreated",
      state: "subscribed",
      says: "The customer has a subscription.",
    }),
    "customer.subscription.deleted": customerHandler({
      name: "onCustomerSubscriptionDeleted",
      type: "CustomerSubscriptionDeleted",
      state: "cancelled",
      says: "The customer's subscription has ended.",
    }),
    "invoice.payment_failed": customerHandler({
      name: "onInvoicePaymentFailed",
      type: "InvoicePaymentFailed",
      state: "payment failed",
      says: "An invoice of the customer could not be paid.",
    }),
  },
  files: {
    "handlers/stripe/id-of": idOf,
    "middleware/large-failures": largeFailures,
    "processors/alerts": alerts,
  },
  required: {
    "payment_intent.succeeded": ["id", "type", "data.object.amount"],
    "payment_intent.payment_failed": ["id", "type", "data.object.amount"],
    "customer.subscription.created": ["id", "type", "data.object.customer"],
    "customer.subscription.deleted": ["id", "type", "data.object.customer"],
    "invoice.payment_failed": ["id", "type", "data.object.customer"],
  },
  tests,
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
