/** Stripe events as Stripe sends them, signed by its own library. */
import { randomBytes } from "node:crypto";
import Stripe from "stripe";

/** The secret that the tests' Stripe sources have. */
export const stripeSecret = "whsec_test_of_the_whole_system";

/** A signed event. */
export type SignedEvent = {
  readonly id: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

const { webhooks } = new Stripe("sk_test_nothing_is_called");

/** Signs a payload as Stripe does; `at` in seconds. */
export function signStripe(
  body: string,
  options: { readonly secret?: string; readonly at?: number } = {},
): string {
  return webhooks.generateTestHeaderString({
    payload: body,
    secret: options.secret ?? stripeSecret,
    ...(options.at === undefined ? {} : { timestamp: options.at }),
  });
}

/** An event of a fresh id whose body has about `bytes` bytes. */
export function stripeEvent(
  options: {
    readonly id?: string;
    readonly type?: string;
    readonly bytes?: number;
    readonly secret?: string;
    readonly note?: string;
  } = {},
): SignedEvent {
  const id = options.id ?? `evt_${randomBytes(12).toString("hex")}`;
  const event = {
    id,
    object: "event",
    type: options.type ?? "payment_intent.succeeded",
    created: Math.floor(Date.now() / 1000),
    data: { object: { id: "pi_1", note: options.note ?? "Grüße, 世界", filler: "" } },
  };
  const missing = (options.bytes ?? 0) - Buffer.byteLength(JSON.stringify(event));
  if (missing > 0)
    event.data.object.filler = randomBytes(missing).toString("hex").slice(0, missing);
  const body = JSON.stringify(event);
  const signature = signStripe(
    body,
    options.secret === undefined ? {} : { secret: options.secret },
  );
  return {
    id,
    body,
    headers: { "Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature },
  };
}
