import type { CodeEvent } from "surehook/destinations";
import type { Result } from "../../processors/process-event.ts";
import { setState } from "../../state.ts";
import { idOf } from "./id-of.ts";
import type { CustomerSubscriptionDeleted } from "./types.ts";

/** The customer's subscription has ended. */
export async function onCustomerSubscriptionDeleted(
  event: CodeEvent<CustomerSubscriptionDeleted>,
): Promise<Result> {
  const customerId = idOf(event.payload.data.object.customer);
  await setState("customers", customerId, {
    state: "cancelled",
    at: event.occurredAt ?? event.receivedAt,
  });
  return { processed: true, customerId };
}
