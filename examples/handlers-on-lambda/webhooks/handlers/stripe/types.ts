/** Of Stripe's events, what the handlers read. With the package `stripe` installed, its own types are the better ones. */
type EventOf<T> = { readonly id: string; readonly type: string; readonly data: { readonly object: T } };
type Reference = string | { readonly id: string };
type Payment = {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly customer: Reference | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly receipt_email: string | null;
};
type Subscription = { readonly id: string; readonly status: string; readonly customer: Reference };
type Invoice = { readonly id?: string; readonly customer: Reference | null; readonly amount_due: number };

export type PaymentIntentSucceeded = EventOf<Payment>;
export type PaymentIntentPaymentFailed = EventOf<Payment>;
export type CustomerSubscriptionCreated = EventOf<Subscription>;
export type CustomerSubscriptionDeleted = EventOf<Subscription>;
export type InvoicePaymentFailed = EventOf<Invoice>;
