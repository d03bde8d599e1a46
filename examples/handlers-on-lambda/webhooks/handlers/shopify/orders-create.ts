import type { CodeEvent } from "surehook/destinations";
import { sendMail, takeFromStock } from "../../outside.ts";
import type { Result } from "../../processors/process-event.ts";
import { setState } from "../../state.ts";
import type { Order } from "./types.ts";

/** An order was placed. */
export async function onOrdersCreate(
  event: CodeEvent<Order>,
): Promise<Result> {
  const { id, email, financial_status } = event.payload;
  const orderId = String(id);
  const state = financial_status === "paid" ? "paid" : "created";
  await setState("orders", orderId, { state, at: event.occurredAt ?? event.receivedAt });
  await takeFromStock(orderId);
  if (email) await sendMail({ to: email, subject: "Order " + orderId + " was received" });
  return { processed: true, orderId };
}
