import type { CodeEvent } from "surehook/destinations";
import type { PaymentIntentSucceeded } from "../handlers/stripe/types.ts";
import { majorUnits } from "./major-units.ts";

/** What the topic tells of a payment. */
export function transform(event: CodeEvent<PaymentIntentSucceeded>): unknown {
  const { receipt_email = null, amount, currency } = event.payload.data.object;
  return {
    type: "payment_success",
    customer_email: receipt_email,
    amount: majorUnits(amount, currency),
  };
}
