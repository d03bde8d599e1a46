import type Stripe from "stripe";
import type { CodeEvent } from "surehook/destinations";
import { majorUnits } from "./major-units.ts";

/** Tells of a payment, in the units that people write. */
export function transform({ payload }: CodeEvent<Stripe.PaymentIntentSucceededEvent>) {
  const { receipt_email, amount, currency } = payload.data.object;
  return {
    type: "payment_success",
    customer_email: receipt_email,
    amount: majorUnits(amount, currency),
  };
}
