/** Paddle Billing's notifications (https://developer.paddle.com/webhooks/overview). */
import type { SampleContext } from "../../core/types.ts";
import { framed, iso, type Thing, token } from "./sampler.ts";

const id = (prefix: string, context: SampleContext): string =>
  `${prefix}_01${token(context).toLowerCase()}`;

const customerId = "ctm_01hv6y1jedq4p1n0yqn5ba3ky4";
const price: Thing = {
  id: "pri_01gsz8x8sawmvhz1pv30nge1ke",
  product_id: "pro_01gsz4t5hdjse780zja8vvr7jg",
  description: "Monthly (per seat)",
  type: "standard",
  unit_price: { amount: "1000", currency_code: "EUR" },
  billing_cycle: { interval: "month", frequency: 1 },
};

const transaction =
  (status: string) =>
  (context: SampleContext): Thing => ({
    id: id("txn", context),
    status,
    customer_id: customerId,
    currency_code: "EUR",
    origin: "web",
    subscription_id: null,
    collection_mode: "automatic",
    items: [{ price, quantity: 2, proration: null }],
    details: { totals: { subtotal: "2000", tax: "380", total: "2380", currency_code: "EUR" } },
    payments: [],
    created_at: iso(context),
    updated_at: iso(context),
    billed_at: iso(context),
  });

const subscription =
  (status: string) =>
  (context: SampleContext): Thing => ({
    id: id("sub", context),
    status,
    customer_id: customerId,
    currency_code: "EUR",
    collection_mode: "automatic",
    billing_cycle: { interval: "month", frequency: 1 },
    items: [{ status, quantity: 2, recurring: true, price }],
    created_at: iso(context),
    updated_at: iso(context),
    started_at: iso(context),
    next_billed_at: status === "canceled" ? null : iso(context),
    canceled_at: status === "canceled" ? iso(context) : null,
  });

/** Notifications of Paddle with fresh ids and times. */
export const samples = framed(
  {
    "transaction.completed": transaction("completed"),
    "transaction.payment_failed": transaction("past_due"),
    "subscription.created": subscription("active"),
    "subscription.updated": subscription("active"),
    "subscription.canceled": subscription("canceled"),
    "customer.created": (context) => ({
      id: customerId,
      status: "active",
      name: "Ada Nwosu",
      email: "ada@example.com",
      locale: "en",
      marketing_consent: false,
      created_at: iso(context),
      updated_at: iso(context),
    }),
  },
  (event_type, context, data) => ({
    event_id: id("evt", context),
    event_type,
    occurred_at: iso(context),
    notification_id: id("ntf", context),
    data,
  }),
);
