import type { CodeEvent } from "surehook/destinations";
import type { Result } from "../../processors/process-event.ts";
import { setState } from "../../state.ts";
import { idOf } from "./id-of.ts";
import type { CustomerSubscriptionCreated } from "./types.ts";

/** The customer has a subscription. */
export async function onCustomerSubscriptionCreated(
  event: CodeEvent<CustomerSubscriptionCreated>,
): Promise<Result> {
  const customerId = idOf(event.payload.data.object.customer);
  await setState("customers", customerId, {
    state: "subscribed",
    at: event.occurredAt ?? event.receivedAt,
  });
  return { processed: true, customerId };
}
