import type { CodeEvent, TransformContext } from "surehook/destinations";
import type { PaymentIntentPaymentFailed } from "../handlers/stripe/types.ts";

/** Payments above this amount, in minor units such as cents, are alerted when they fail. */
const alertAbove = 100_000;

/** Makes an alert of a failed payment, for the destination `alerts` of config/webhooks.json; skips small ones. */
export function transform(
  event: CodeEvent<PaymentIntentPaymentFailed>,
  context: TransformContext,
): unknown {
  const { id, amount, currency } = event.payload.data.object;
  if (amount <= alertAbove) return context.skip("the amount is not above " + alertAbove);
  return { id, text: "A payment of " + amount + " " + currency + " (minor units) has failed: " + id };
}
