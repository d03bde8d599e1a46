/** Events of Stripe as its API reference describes them (https://docs.stripe.com/api/events). */
import type { SampleContext } from "../../core/types.ts";
import { type SampleMaker, sampler, token } from "./sampler.ts";

const apiVersion = "2026-10-28.clover";

type Thing = Readonly<Record<string, unknown>>;

function event(type: string, object: (context: SampleContext) => Thing): SampleMaker {
  return (context) => ({
    id: `evt_${token(context)}`,
    object: "event",
    api_version: apiVersion,
    created: seconds(context),
    data: { object: object(context) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: `req_${token(context).slice(0, 14)}`, idempotency_key: null },
    type,
  });
}

function seconds(context: SampleContext): number {
  return Math.floor(context.now / 1000);
}

function paymentIntent(context: SampleContext, status: string): Thing {
  const paid = status === "succeeded";
  return {
    id: `pi_${token(context)}`,
    object: "payment_intent",
    amount: 2000,
    amount_capturable: 0,
    amount_received: paid ? 2000 : 0,
    capture_method: "automatic_async",
    client_secret: `pi_${token(context)}_secret_sample`,
    confirmation_method: "automatic",
    created: seconds(context),
    currency: "usd",
    customer: `cus_${token(context).slice(0, 14)}`,
    description: "Order 1001",
    last_payment_error: paid ? null : declined,
    latest_charge: `ch_${token(context)}`,
    livemode: false,
    metadata: { order_id: "1001" },
    payment_method: `pm_${token(context)}`,
    payment_method_types: ["card"],
    receipt_email: "jenny@example.com",
    status,
  };
}

const declined: Thing = {
  code: "card_declined",
  decline_code: "insufficient_funds",
  message: "Your card has insufficient funds.",
  type: "card_error",
};

const address: Thing = {
  city: "Berlin",
  country: "DE",
  line1: "Torstraße 1",
  line2: null,
  postal_code: "10119",
  state: null,
};

const billing: Thing = {
  address,
  email: "jenny@example.com",
  name: "Jenny Rosen",
  phone: null,
};

function charge(context: SampleContext): Thing {
  return {
    id: `ch_${token(context)}`,
    object: "charge",
    amount: 2000,
    amount_captured: 2000,
    amount_refunded: 0,
    balance_transaction: `txn_${token(context)}`,
    billing_details: billing,
    captured: true,
    created: seconds(context),
    currency: "usd",
    customer: `cus_${token(context).slice(0, 14)}`,
    disputed: false,
    livemode: false,
    metadata: {},
    outcome: { network_status: "approved_by_network", risk_level: "normal", type: "authorized" },
    paid: true,
    payment_intent: `pi_${token(context)}`,
    payment_method_details: { card: { brand: "visa", last4: "4242" }, type: "card" },
    refunded: false,
    status: "succeeded",
  };
}

function checkoutSession(context: SampleContext): Thing {
  return {
    id: `cs_test_${token(context)}`,
    object: "checkout.session",
    amount_subtotal: 2000,
    amount_total: 2000,
    client_reference_id: "1001",
    created: seconds(context),
    currency: "usd",
    customer: `cus_${token(context).slice(0, 14)}`,
    customer_details: { email: "jenny@example.com", name: "Jenny Rosen", tax_exempt: "none" },
    expires_at: seconds(context) + 86_400,
    livemode: false,
    metadata: { order_id: "1001" },
    mode: "payment",
    payment_intent: `pi_${token(context)}`,
    payment_status: "paid",
    status: "complete",
    success_url: "https://shop.example.com/thanks",
  };
}

function customer(context: SampleContext): Thing {
  return {
    id: `cus_${token(context).slice(0, 14)}`,
    object: "customer",
    address,
    balance: 0,
    created: seconds(context),
    currency: null,
    delinquent: false,
    description: null,
    email: "jenny@example.com",
    livemode: false,
    metadata: {},
    name: "Jenny Rosen",
    phone: null,
  };
}

const monthSeconds = 2_592_000;

function subscription(context: SampleContext, status: string): Thing {
  const start = seconds(context);
  const price = {
    id: `price_${token(context)}`,
    object: "price",
    currency: "eur",
    unit_amount: 900,
  };
  return {
    id: `sub_${token(context)}`,
    object: "subscription",
    cancel_at_period_end: false,
    canceled_at: status === "canceled" ? start : null,
    collection_method: "charge_automatically",
    created: start,
    currency: "eur",
    customer: `cus_${token(context).slice(0, 14)}`,
    ended_at: status === "canceled" ? start : null,
    items: {
      object: "list",
      data: [
        {
          id: `si_${token(context).slice(0, 14)}`,
          object: "subscription_item",
          current_period_start: start,
          current_period_end: start + monthSeconds,
          price,
          quantity: 1,
        },
      ],
      has_more: false,
    },
    latest_invoice: `in_${token(context)}`,
    livemode: false,
    metadata: {},
    status,
  };
}

function invoice(context: SampleContext, status: string): Thing {
  const paid = status === "paid";
  return {
    id: `in_${token(context)}`,
    object: "invoice",
    amount_due: 900,
    amount_paid: paid ? 900 : 0,
    amount_remaining: paid ? 0 : 900,
    attempt_count: 1,
    attempted: true,
    billing_reason: "subscription_cycle",
    created: seconds(context),
    currency: "eur",
    customer: `cus_${token(context).slice(0, 14)}`,
    customer_email: "jenny@example.com",
    hosted_invoice_url: "https://invoice.stripe.com/i/acct_sample/test",
    livemode: false,
    metadata: {},
    next_payment_attempt: paid ? null : seconds(context) + 259_200,
    number: "A1B2C3D4-0001",
    status,
    total: 900,
  };
}

const made = sampler({
  "payment_intent.succeeded": event("payment_intent.succeeded", (context) =>
    paymentIntent(context, "succeeded"),
  ),
  "payment_intent.payment_failed": event("payment_intent.payment_failed", (context) =>
    paymentIntent(context, "requires_payment_method"),
  ),
  "charge.succeeded": event("charge.succeeded", charge),
  "checkout.session.completed": event("checkout.session.completed", checkoutSession),
  "customer.created": event("customer.created", customer),
  "customer.subscription.created": event("customer.subscription.created", (context) =>
    subscription(context, "active"),
  ),
  "customer.subscription.deleted": event("customer.subscription.deleted", (context) =>
    subscription(context, "canceled"),
  ),
  "invoice.paid": event("invoice.paid", (context) => invoice(context, "paid")),
  "invoice.payment_failed": event("invoice.payment_failed", (context) => invoice(context, "open")),
});

/** An event of Stripe with fresh ids and times. */
export const stripeSample = made.sample;

/** Types that the sample knows. */
export const stripeSampleTypes = made.types;
