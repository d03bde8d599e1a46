import type Stripe from "stripe";
import type { CodeEvent } from "surehook/destinations";
import { transform as queued } from "./queued-event.ts";

/** Has a worker fulfil the order that was paid; a payment that names none is left to the worker to judge. */
export function transform(event: CodeEvent<Stripe.PaymentIntentSucceededEvent>) {
  const { amount, currency, metadata } = event.payload.data.object;
  const { order_id } = metadata;
  return order_id ? { action: "fulfill_order", order_id, amount, currency } : queued(event);
}
