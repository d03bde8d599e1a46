import type { CodeEvent } from "surehook/destinations";
import type { Result } from "../../processors/process-event.ts";
import { setState } from "../../state.ts";
import { orderIdOf } from "./order-id-of.ts";
import type { PaymentIntentPaymentFailed } from "./types.ts";

/** The order could not be paid. Large ones are alerted too: see middleware/large-failures. */
export async function onPaymentIntentPaymentFailed(
  event: CodeEvent<PaymentIntentPaymentFailed>,
): Promise<Result> {
  const payment = event.payload.data.object;
  const orderId = orderIdOf(payment);
  await setState("orders", orderId, {
    state: "payment failed",
    at: event.occurredAt ?? event.receivedAt,
  });
  return { processed: true, orderId };
}
