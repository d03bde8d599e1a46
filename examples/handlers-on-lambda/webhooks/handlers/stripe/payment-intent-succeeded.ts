import type { CodeEvent } from "surehook/destinations";
import { sendMail, takeFromStock } from "../../outside.ts";
import type { Result } from "../../processors/process-event.ts";
import { setState } from "../../state.ts";
import { orderIdOf } from "./order-id-of.ts";
import type { PaymentIntentSucceeded } from "./types.ts";

/** The order that the payment is for is paid. */
export async function onPaymentIntentSucceeded(
  event: CodeEvent<PaymentIntentSucceeded>,
): Promise<Result> {
  const payment = event.payload.data.object;
  const orderId = orderIdOf(payment);
  await setState("orders", orderId, { state: "paid", at: event.occurredAt ?? event.receivedAt });
  await takeFromStock(orderId);
  if (payment.receipt_email) {
    await sendMail({ to: payment.receipt_email, subject: "Order " + orderId + " is paid" });
  }
  return { processed: true, orderId };
}
