import type { CodeEvent } from "surehook/destinations";
import type { Result } from "../../processors/process-event.ts";
import { setState } from "../../state.ts";
import { idOf } from "./id-of.ts";
import type { InvoicePaymentFailed } from "./types.ts";

/** An invoice of the customer could not be paid. */
export async function onInvoicePaymentFailed(
  event: CodeEvent<InvoicePaymentFailed>,
): Promise<Result> {
  const customerId = idOf(event.payload.data.object.customer);
  await setState("customers", customerId, {
    state: "payment failed",
    at: event.occurredAt ?? event.receivedAt,
  });
  return { processed: true, customerId };
}
