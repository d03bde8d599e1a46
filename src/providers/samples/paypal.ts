/** Events of PayPal as its webhooks' reference describes them (https://developer.paypal.com/api/rest/webhooks/event-names/). */
import type { SampleContext } from "../../core/types.ts";
import { iso, isoSeconds, type SampleMaker, sampler, type Thing, token } from "./sampler.ts";

const api = "https://api.sandbox.paypal.com";
const merchant: Thing = { email_address: "merchant@example.com", merchant_id: "C7CYMKZDG8D6E" };
const payer: Thing = {
  name: { given_name: "John", surname: "Doe" },
  email_address: "buyer@example.com",
  payer_id: "QYR5Z8XDVJNXQ",
};

const usd = (value: string): Thing => ({ currency_code: "USD", value });

function event(
  type: string,
  about: { readonly resource: string; readonly version: string; readonly summary: string },
  resource: (context: SampleContext) => Thing,
): SampleMaker {
  return (context) => {
    const id = `WH-${number(context)}-${token(context).slice(0, 17).toUpperCase()}`;
    const self = `${api}/v1/notifications/webhooks-events/${id}`;
    return {
      id,
      event_version: "1.0",
      create_time: iso(context),
      resource_type: about.resource,
      resource_version: about.version,
      event_type: type,
      summary: about.summary,
      resource: resource(context),
      links: [
        { href: self, rel: "self", method: "GET" },
        { href: `${self}/resend`, rel: "resend", method: "POST" },
      ],
    };
  };
}

/** 17 letters and digits, as PayPal's ids have. */
function number(context: SampleContext): string {
  return token(context).slice(-17).toUpperCase();
}

function capture(context: SampleContext, status: "COMPLETED" | "DECLINED" | "PENDING"): Thing {
  const self = `${api}/v2/payments/captures/${number(context)}`;
  return {
    id: number(context),
    amount: usd("20.00"),
    final_capture: true,
    seller_protection: {
      status: "ELIGIBLE",
      dispute_categories: ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"],
    },
    ...(status === "COMPLETED"
      ? {
          seller_receivable_breakdown: {
            gross_amount: usd("20.00"),
            paypal_fee: usd("1.19"),
            net_amount: usd("18.81"),
          },
        }
      : {}),
    invoice_id: "1001",
    custom_id: "1001",
    status,
    supplementary_data: { related_ids: { order_id: `5O${number(context).slice(2)}` } },
    payee: merchant,
    create_time: isoSeconds(context),
    update_time: isoSeconds(context),
    links: [
      { href: self, rel: "self", method: "GET" },
      { href: `${self}/refund`, rel: "refund", method: "POST" },
    ],
  };
}

function refund(context: SampleContext): Thing {
  return {
    id: number(context),
    amount: usd("5.00"),
    status: "COMPLETED",
    note_to_payer: "One item was out of stock",
    seller_payable_breakdown: {
      gross_amount: usd("5.00"),
      paypal_fee: usd("0.00"),
      net_amount: usd("5.00"),
      total_refunded_amount: usd("5.00"),
    },
    invoice_id: "1001",
    create_time: isoSeconds(context),
    update_time: isoSeconds(context),
    links: [{ href: `${api}/v2/payments/refunds/${number(context)}`, rel: "self", method: "GET" }],
  };
}

function order(context: SampleContext): Thing {
  return {
    id: `5O${number(context).slice(2)}`,
    intent: "CAPTURE",
    status: "APPROVED",
    payer,
    purchase_units: [
      { reference_id: "default", amount: usd("20.00"), payee: merchant, invoice_id: "1001" },
    ],
    create_time: isoSeconds(context),
    links: [
      {
        href: `${api}/v2/checkout/orders/5O${number(context).slice(2)}/capture`,
        rel: "capture",
        method: "POST",
      },
    ],
  };
}

function subscription(context: SampleContext, status: "ACTIVE" | "CANCELLED"): Thing {
  return {
    id: `I-${number(context).slice(0, 12)}`,
    plan_id: "P-5ML4271244454362WXNWU5NQ",
    status,
    status_update_time: isoSeconds(context),
    start_time: isoSeconds(context),
    quantity: "1",
    subscriber: payer,
    create_time: isoSeconds(context),
    update_time: isoSeconds(context),
    links: [
      {
        href: `${api}/v1/billing/subscriptions/I-${number(context).slice(0, 12)}`,
        rel: "self",
        method: "GET",
      },
    ],
  };
}

const captures = { resource: "capture", version: "2.0" } as const;
const subscriptions = { resource: "subscription", version: "2.0" } as const;

/** An event of PayPal with fresh ids and times. */
export const samples = sampler({
  "PAYMENT.CAPTURE.COMPLETED": event(
    "PAYMENT.CAPTURE.COMPLETED",
    { ...captures, summary: "Payment completed for $ 20.0 USD" },
    (context) => capture(context, "COMPLETED"),
  ),
  "PAYMENT.CAPTURE.DENIED": event(
    "PAYMENT.CAPTURE.DENIED",
    { ...captures, summary: "A payment for $ 20.0 USD was denied" },
    (context) => capture(context, "DECLINED"),
  ),
  "PAYMENT.CAPTURE.REFUNDED": event(
    "PAYMENT.CAPTURE.REFUNDED",
    { resource: "refund", version: "2.0", summary: "A $ 5.0 USD capture payment was refunded" },
    refund,
  ),
  "CHECKOUT.ORDER.APPROVED": event(
    "CHECKOUT.ORDER.APPROVED",
    { resource: "checkout-order", version: "2.0", summary: "An order has been approved by buyer" },
    order,
  ),
  "BILLING.SUBSCRIPTION.ACTIVATED": event(
    "BILLING.SUBSCRIPTION.ACTIVATED",
    { ...subscriptions, summary: "Subscription activated" },
    (context) => subscription(context, "ACTIVE"),
  ),
  "BILLING.SUBSCRIPTION.CANCELLED": event(
    "BILLING.SUBSCRIPTION.CANCELLED",
    { ...subscriptions, summary: "Subscription cancelled" },
    (context) => subscription(context, "CANCELLED"),
  ),
});
