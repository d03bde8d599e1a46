/** Payments of Stripe's samples: intents, charges, disputes, Checkout sessions, payouts. */
import type { SampleContext } from "../../core/types.ts";
import { epoch, type Thing } from "./sampler.ts";
import { address, buyer, idOf, thing, unset } from "./stripe-common.ts";

const amount = 2000;
const currency = "usd";
const order = { order_id: "1001" } as const;

/** A payment that succeeded, or whose card was declined. */
export function paymentIntent(context: SampleContext, status: "succeeded" | "failed"): Thing {
  const isPaid = status === "succeeded";
  return {
    ...thing("pi", "payment_intent", context),
    ...unset("application", "application_fee_amount", "canceled_at", "cancellation_reason"),
    ...unset("next_action", "on_behalf_of", "processing", "review", "setup_future_usage"),
    ...unset("shipping", "source", "statement_descriptor", "statement_descriptor_suffix"),
    ...unset("transfer_group"),
    amount,
    amount_capturable: 0,
    amount_received: isPaid ? amount : 0,
    automatic_payment_methods: { allow_redirects: "always", enabled: true },
    capture_method: "automatic_async",
    client_secret: `${idOf("pi", context)}_secret_sample`,
    confirmation_method: "automatic",
    currency,
    customer: idOf("cus", context),
    description: "Order 1001",
    last_payment_error: isPaid ? null : declined(context),
    latest_charge: idOf("ch", context),
    metadata: order,
    payment_method: isPaid ? idOf("pm", context) : null,
    payment_method_options: { card: { request_three_d_secure: "automatic" } },
    payment_method_types: ["card"],
    receipt_email: buyer.email,
    status: isPaid ? "succeeded" : "requires_payment_method",
  };
}

function declined(context: SampleContext): Thing {
  return {
    charge: idOf("ch", context),
    code: "card_declined",
    decline_code: "insufficient_funds",
    message: "Your card has insufficient funds.",
    payment_method: {
      ...thing("pm", "payment_method", context),
      billing_details: { ...buyer, address, phone: null },
      card,
      customer: idOf("cus", context),
      type: "card",
    },
    type: "card_error",
  };
}

const card: Thing = {
  brand: "visa",
  country: "US",
  exp_month: 12,
  exp_year: 2034,
  funding: "credit",
  last4: "4242",
};

/** A charge that was paid, and perhaps refunded in full. */
export function charge(context: SampleContext, refunded = false): Thing {
  return {
    ...thing("ch", "charge", context),
    ...unset("application", "application_fee", "application_fee_amount", "failure_code"),
    ...unset("failure_balance_transaction", "failure_message", "on_behalf_of", "receipt_number"),
    ...unset("review", "shipping", "source", "source_transfer", "statement_descriptor"),
    ...unset("statement_descriptor_suffix", "transfer_data", "transfer_group"),
    amount,
    amount_captured: amount,
    amount_refunded: refunded ? amount : 0,
    balance_transaction: idOf("txn", context),
    billing_details: { ...buyer, address, phone: null },
    calculated_statement_descriptor: "EXAMPLE SHOP",
    captured: true,
    currency,
    customer: idOf("cus", context),
    description: "Order 1001",
    disputed: false,
    fraud_details: {},
    metadata: order,
    outcome: {
      network_status: "approved_by_network",
      reason: null,
      risk_level: "normal",
      seller_message: "Payment complete.",
      type: "authorized",
    },
    paid: true,
    payment_intent: idOf("pi", context),
    payment_method: idOf("pm", context),
    payment_method_details: { card, type: "card" },
    receipt_email: buyer.email,
    receipt_url: "https://pay.stripe.com/receipts/sample",
    refunded,
    status: "succeeded",
  };
}

const day = 86_400;

/** A dispute of a charge, which waits for evidence. */
export function dispute(context: SampleContext): Thing {
  const fee = 1500;
  return {
    ...thing("du", "dispute", context),
    amount,
    balance_transactions: [
      {
        id: idOf("txn", context),
        object: "balance_transaction",
        amount: -amount,
        currency,
        fee,
        net: -amount - fee,
        reporting_category: "dispute",
        source: idOf("du", context),
        status: "available",
        type: "adjustment",
      },
    ],
    charge: idOf("ch", context),
    currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...unset("customer_communication", "customer_signature", "product_description", "receipt"),
      ...unset("refund_policy", "shipping_tracking_number", "uncategorized_text"),
      customer_email_address: buyer.email,
      customer_name: buyer.name,
    },
    evidence_details: {
      due_by: epoch(context) + 9 * day,
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    is_charge_refundable: false,
    network_reason_code: "10.4",
    payment_intent: idOf("pi", context),
    payment_method_details: {
      card: { brand: "visa", case_type: "chargeback", network_reason_code: "10.4" },
      type: "card",
    },
    reason: "fraudulent",
    status: "needs_response",
  };
}

/** A Checkout session that was paid. */
export function checkoutSession(context: SampleContext): Thing {
  return {
    ...thing("cs_test", "checkout.session", context),
    ...unset("after_expiration", "allow_promotion_codes", "billing_address_collection"),
    ...unset("client_secret", "consent", "consent_collection", "currency_conversion"),
    ...unset("customer_email", "invoice", "payment_link", "recovered_from", "setup_intent"),
    ...unset("shipping_address_collection", "shipping_cost", "submit_type", "subscription", "url"),
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    cancel_url: "https://shop.example.com/cart",
    client_reference_id: "1001",
    currency,
    custom_fields: [],
    customer: idOf("cus", context),
    customer_creation: "always",
    customer_details: { ...buyer, address, phone: null, tax_exempt: "none", tax_ids: [] },
    expires_at: epoch(context) + day,
    invoice_creation: { enabled: false },
    locale: "en",
    metadata: order,
    mode: "payment",
    payment_intent: idOf("pi", context),
    payment_method_collection: "if_required",
    payment_method_types: ["card"],
    payment_status: "paid",
    shipping_options: [],
    status: "complete",
    success_url: "https://shop.example.com/thanks",
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  };
}

/** A payout that arrived at the bank. */
export function payout(context: SampleContext): Thing {
  return {
    ...thing("po", "payout", context),
    ...unset("application_fee", "application_fee_amount", "failure_balance_transaction"),
    ...unset("failure_code", "failure_message", "original_payout", "payout_method", "reversed_by"),
    ...unset("statement_descriptor"),
    amount: 184_250,
    arrival_date: epoch(context) - (epoch(context) % day),
    automatic: true,
    balance_transaction: idOf("txn", context),
    created: epoch(context) - 2 * day,
    currency,
    description: "STRIPE PAYOUT",
    destination: idOf("ba", context),
    method: "standard",
    reconciliation_status: "completed",
    source_type: "card",
    status: "paid",
    trace_id: { status: "pending", value: null },
    type: "bank_account",
  };
}
