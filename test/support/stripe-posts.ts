/** Webhooks as Stripe sends them, signed by Stripe's own SDK. */
import Stripe from "stripe";

/** A body with its headers. */
export type StripePost = {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** An event of a type about an object. */
export function stripePost(
  secret: string,
  {
    id,
    type,
    object,
  }: { readonly id: string; readonly type: string; readonly object: Readonly<object> },
): StripePost {
  const event = { id, object: "event", type, created: 1_790_000_000, data: { object } };
  return signedByStripe(secret, JSON.stringify(event));
}

/** A body, signed. */
export function signedByStripe(secret: string, body: string): StripePost {
  const { webhooks } = new Stripe("sk_test_none");
  const signature = webhooks.generateTestHeaderString({ payload: body, secret });
  return { body, headers: { "stripe-signature": signature, "content-type": "application/json" } };
}
