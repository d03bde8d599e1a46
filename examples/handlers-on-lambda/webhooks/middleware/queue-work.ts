import type { CodeEvent } from "surehook/destinations";

/** What a worker gets of an event: an order to fulfil where it is paid and named, else the event as it came. */
export function transform(event: CodeEvent<{ readonly data?: { readonly object?: Paid } }>): unknown {
  const { type, provider, payload } = event;
  const { amount, currency, metadata } = payload?.data?.object ?? {};
  const order_id = metadata?.["order_id"] ?? metadata?.["orderId"];
  const isPaid = provider === "stripe" && type === "payment_intent.succeeded";
  if (!isPaid || !order_id) return { provider, event: payload };
  return { action: "fulfill_order", order_id, amount, currency };
}

type Paid = {
  readonly amount?: number;
  readonly currency?: string;
  readonly metadata?: Readonly<Record<string, string>>;
};
