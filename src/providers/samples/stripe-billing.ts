/** Billing of Stripe's samples: customers, their subscriptions and invoices. */
import type { SampleContext } from "../../core/types.ts";
import { epoch, type Thing } from "./sampler.ts";
import { address, buyer, idOf, thing, unset } from "./stripe-common.ts";

const currency = "eur";
const unitAmount = 900;
const month = 30 * 86_400;

/** A customer with an address. */
export function customer(context: SampleContext): Thing {
  return {
    ...thing("cus", "customer", context),
    ...unset("currency", "default_source", "description", "phone", "shipping", "test_clock"),
    ...buyer,
    address,
    balance: 0,
    delinquent: false,
    invoice_prefix: "A1B2C3D4",
    invoice_settings: unset(
      "custom_fields",
      "default_payment_method",
      "footer",
      "rendering_options",
    ),
    next_invoice_sequence: 1,
    preferred_locales: ["de"],
    tax_exempt: "none",
  };
}

/** A monthly subscription. */
export function subscription(
  context: SampleContext,
  { status, quantity = 1 }: { readonly status: "active" | "canceled"; readonly quantity?: number },
): Thing {
  const now = epoch(context);
  const endedAt = status === "canceled" ? now : null;
  return {
    ...thing("sub", "subscription", context),
    ...unset("application", "application_fee_percent", "billing_cycle_anchor_config"),
    ...unset("billing_thresholds", "cancel_at", "days_until_due", "default_source"),
    ...unset("description", "next_pending_invoice_item_invoice", "on_behalf_of"),
    ...unset("pause_collection", "pending_invoice_item_interval", "pending_setup_intent"),
    ...unset("pending_update", "schedule", "test_clock", "transfer_data", "trial_end"),
    ...unset("trial_start"),
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: now,
    billing_mode: { type: "flexible" },
    cancel_at_period_end: false,
    canceled_at: endedAt,
    cancellation_details: {
      comment: null,
      feedback: null,
      reason: endedAt === null ? null : "cancellation_requested",
    },
    collection_method: "charge_automatically",
    currency,
    customer: idOf("cus", context),
    default_payment_method: idOf("pm", context),
    discounts: [],
    ended_at: endedAt,
    items: itemsOf(context, quantity),
    latest_invoice: idOf("in", context),
    start_date: now,
    status,
  };
}

/** The items of a subscription, which hold its period, price and quantity. */
export function itemsOf(context: SampleContext, quantity: number): Thing {
  const item = {
    ...thing("si", "subscription_item", context),
    billing_thresholds: null,
    current_period_end: epoch(context) + month,
    current_period_start: epoch(context),
    discounts: [],
    price: price(context),
    quantity,
    subscription: idOf("sub", context),
    tax_rates: [],
  };
  const url = `/v1/subscription_items?subscription=${idOf("sub", context)}`;
  return { object: "list", data: [item], has_more: false, total_count: 1, url };
}

function price(context: SampleContext): Thing {
  return {
    ...thing("price", "price", context),
    ...unset("custom_unit_amount", "lookup_key", "nickname", "tiers_mode", "transform_quantity"),
    active: true,
    billing_scheme: "per_unit",
    currency,
    product: idOf("prod", context),
    recurring: { interval: "month", interval_count: 1, meter: null, usage_type: "licensed" },
    tax_behavior: "inclusive",
    type: "recurring",
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
  };
}

/** A subscription's invoice of a month: paid, or still open because the card was declined. */
export function invoice(context: SampleContext, status: "paid" | "open"): Thing {
  const now = epoch(context);
  const isPaid = status === "paid";
  return {
    ...thing("in", "invoice", context),
    ...unset("account_tax_ids", "application", "automatically_finalizes_at", "custom_fields"),
    ...unset("customer_phone", "customer_shipping", "default_payment_method", "default_source"),
    ...unset("description", "due_date", "footer", "from_invoice", "last_finalization_error"),
    ...unset("latest_revision", "on_behalf_of", "receipt_number", "rendering", "shipping_cost"),
    ...unset("shipping_details", "statement_descriptor", "test_clock"),
    ...amountsOf(isPaid ? 0 : unitAmount),
    account_country: "DE",
    account_name: "Example Tea",
    attempt_count: 1,
    attempted: true,
    billing_reason: "subscription_cycle",
    collection_method: "charge_automatically",
    currency,
    customer: idOf("cus", context),
    customer_address: address,
    customer_email: buyer.email,
    customer_name: buyer.name,
    customer_tax_exempt: "none",
    default_tax_rates: [],
    discounts: [],
    effective_at: now,
    hosted_invoice_url: "https://invoice.stripe.com/i/acct_sample/test",
    invoice_pdf: "https://pay.stripe.com/invoice/acct_sample/test/pdf",
    issuer: { type: "self" },
    lines: linesOf(context),
    next_payment_attempt: isPaid ? null : now + 3 * 86_400,
    number: "A1B2C3D4-0001",
    parent: {
      quote_details: null,
      subscription_details: { metadata: {}, subscription: idOf("sub", context) },
      type: "subscription_details",
    },
    period_end: now,
    period_start: now - month,
    status,
    status_transitions: {
      finalized_at: now,
      marked_uncollectible_at: null,
      paid_at: isPaid ? now : null,
      voided_at: null,
    },
    webhooks_delivered_at: null,
  };
}

function amountsOf(remaining: number): Thing {
  return {
    amount_due: unitAmount,
    amount_overpaid: 0,
    amount_paid: unitAmount - remaining,
    amount_remaining: remaining,
    amount_shipping: 0,
    ending_balance: 0,
    starting_balance: 0,
    subtotal: unitAmount,
    total: unitAmount,
    total_discount_amounts: [],
    total_taxes: [],
  };
}

function linesOf(context: SampleContext): Thing {
  const now = epoch(context);
  const line = {
    id: idOf("il", context),
    object: "line_item",
    amount: unitAmount,
    currency,
    description: "1 × Green tea every month (at €9.00 / month)",
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: idOf("in", context),
    livemode: false,
    metadata: {},
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        proration: false,
        subscription: idOf("sub", context),
        subscription_item: idOf("si", context),
      },
      type: "subscription_item_details",
    },
    period: { end: now + month, start: now },
    pricing: {
      price_details: { price: idOf("price", context), product: idOf("prod", context) },
      type: "price_details",
      unit_amount_decimal: String(unitAmount),
    },
    quantity: 1,
    subtotal: unitAmount,
    taxes: [],
  };
  const url = `/v1/invoices/${idOf("in", context)}/lines`;
  return { object: "list", data: [line], has_more: false, total_count: 1, url };
}
