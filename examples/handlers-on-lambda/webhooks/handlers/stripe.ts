import type { Handlers } from "../processors/process-event.ts";
import { onPaymentIntentSucceeded } from "./stripe/payment-intent-succeeded.ts";
import { onPaymentIntentPaymentFailed } from "./stripe/payment-intent-payment-failed.ts";
import { onCustomerSubscriptionCreated } from "./stripe/customer-subscription-created.ts";
import { onCustomerSubscriptionDeleted } from "./stripe/customer-subscription-deleted.ts";
import { onInvoicePaymentFailed } from "./stripe/invoice-payment-failed.ts";

/** Which function handles which of Stripe's events; `surehook add handler` adds one. */
export const handlers: Handlers = {
  "payment_intent.succeeded": onPaymentIntentSucceeded,
  "payment_intent.payment_failed": onPaymentIntentPaymentFailed,
  "customer.subscription.created": onCustomerSubscriptionCreated,
  "customer.subscription.deleted": onCustomerSubscriptionDeleted,
  "invoice.payment_failed": onInvoicePaymentFailed,
};
