/** Events of Stripe as its API reference describes them (https://docs.stripe.com/api/events). */
import type { SampleContext } from "../../core/types.ts";
import { epoch, type SampleMaker, sampler, type Thing } from "./sampler.ts";
import { customer, invoice, itemsOf, subscription } from "./stripe-billing.ts";
import { idOf } from "./stripe-common.ts";
import { charge, checkoutSession, dispute, paymentIntent, payout } from "./stripe-payments.ts";

const apiVersion = "2026-10-28.endive";

type EventOptions = {
  /** What an update says of the object as it was before. */
  readonly previous?: (context: SampleContext) => Thing;
  /** No request to the API caused it, but Stripe itself. */
  readonly isAutomatic?: true;
};

function event(
  object: (context: SampleContext) => Thing,
  { previous, isAutomatic }: EventOptions = {},
): (type: string) => SampleMaker {
  return (type) => (context) => ({
    id: idOf("evt", context),
    object: "event",
    api_version: apiVersion,
    created: epoch(context),
    data: {
      object: object(context),
      ...(previous === undefined ? {} : { previous_attributes: previous(context) }),
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: isAutomatic ? null : idOf("req", context), idempotency_key: null },
    type,
  });
}

const events = {
  "payment_intent.succeeded": event((context) => paymentIntent(context, "succeeded")),
  "payment_intent.payment_failed": event((context) => paymentIntent(context, "failed")),
  "charge.succeeded": event((context) => charge(context)),
  "charge.refunded": event((context) => charge(context, true), {
    previous: () => ({ amount_refunded: 0, refunded: false }),
  }),
  "charge.dispute.created": event(dispute, { isAutomatic: true }),
  "checkout.session.completed": event(checkoutSession, { isAutomatic: true }),
  "customer.created": event(customer),
  "customer.subscription.created": event((context) => subscription(context, { status: "active" })),
  "customer.subscription.updated": event(
    (context) => subscription(context, { status: "active", quantity: 2 }),
    { previous: (context) => ({ items: itemsOf(context, 1) }) },
  ),
  "customer.subscription.deleted": event((context) =>
    subscription(context, { status: "canceled" }),
  ),
  "invoice.paid": event((context) => invoice(context, "paid"), { isAutomatic: true }),
  "invoice.payment_failed": event((context) => invoice(context, "open"), { isAutomatic: true }),
  "payout.paid": event(payout, { isAutomatic: true }),
};

/** An event of Stripe with fresh ids and times. */
export const samples = sampler(
  Object.fromEntries(Object.entries(events).map(([type, make]) => [type, make(type)])),
);
