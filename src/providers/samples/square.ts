/** Events of Square as its reference describes them (https://developer.squareup.com/reference/square/webhooks). */
import type { SampleContext } from "../../core/types.ts";
import { iso, type SampleMaker, sampler, type Thing, token } from "./sampler.ts";

const merchant = "6SSW7HV8K2ST5";
const location = "S8GWD5R9QB376";
const customerId = "Q8002FAM9V1EZ0ADB2T5609X6NET1H0";

const usd = (amount: number): Thing => ({ amount, currency: "USD" });

/** `data.id` names the thing; `data.object` holds it under a name of its own. */
function event(
  type: string,
  named: { readonly data: string; readonly object: string },
  thing: (context: SampleContext) => Thing,
): SampleMaker {
  return (context) => {
    const made = thing(context);
    return {
      merchant_id: merchant,
      ...("location_id" in made ? { location_id: location } : {}),
      type,
      event_id: context.id,
      created_at: iso(context),
      data: {
        type: named.data,
        id: made["id"] ?? made["order_id"],
        object: { [named.object]: made },
      },
    };
  };
}

function payment(context: SampleContext, status: "APPROVED" | "COMPLETED"): Thing {
  return {
    id: token(context),
    created_at: iso(context),
    updated_at: iso(context),
    amount_money: usd(2000),
    total_money: usd(2000),
    approved_money: usd(2000),
    status,
    source_type: "CARD",
    card_details: {
      status: status === "COMPLETED" ? "CAPTURED" : "AUTHORIZED",
      card: {
        card_brand: "VISA",
        last_4: "1111",
        exp_month: 11,
        exp_year: 2029,
        card_type: "CREDIT",
      },
      entry_method: "KEYED",
      cvv_status: "CVV_ACCEPTED",
      avs_status: "AVS_ACCEPTED",
    },
    location_id: location,
    order_id: `${token(context)}OR`,
    customer_id: customerId,
    receipt_number: token(context).slice(0, 4).toUpperCase(),
    reference_id: "1001",
    delay_action: "CANCEL",
    delay_duration: "PT168H",
    version: status === "COMPLETED" ? 2 : 1,
  };
}

function refund(context: SampleContext): Thing {
  return {
    id: `${token(context)}_RF`,
    created_at: iso(context),
    updated_at: iso(context),
    amount_money: usd(500),
    status: "PENDING",
    location_id: location,
    order_id: `${token(context)}OR`,
    payment_id: token(context),
    reason: "One item was out of stock",
    version: 1,
  };
}

function order(context: SampleContext): Thing {
  return {
    order_id: `${token(context)}OR`,
    location_id: location,
    state: "OPEN",
    created_at: iso(context),
    version: 1,
  };
}

function customer(context: SampleContext): Thing {
  return {
    id: customerId,
    created_at: iso(context),
    updated_at: iso(context),
    given_name: "Amelia",
    family_name: "Earhart",
    email_address: "amelia@example.com",
    creation_source: "DIRECTORY",
    preferences: { email_unsubscribed: false },
    version: 0,
  };
}

function invoice(context: SampleContext): Thing {
  return {
    id: `inv:0-${token(context)}`,
    version: 2,
    location_id: location,
    order_id: `${token(context)}OR`,
    invoice_number: "000001",
    title: "Event planning",
    status: "PAID",
    payment_requests: [
      {
        uid: token(context),
        request_type: "BALANCE",
        due_date: iso(context).slice(0, 10),
        computed_amount_money: usd(2000),
        total_completed_amount_money: usd(2000),
      },
    ],
    primary_recipient: { customer_id: customerId, email_address: "amelia@example.com" },
    created_at: iso(context),
    updated_at: iso(context),
  };
}

/** An event of Square with fresh ids and times. */
export const samples = sampler({
  "payment.created": event("payment.created", { data: "payment", object: "payment" }, (context) =>
    payment(context, "APPROVED"),
  ),
  "payment.updated": event("payment.updated", { data: "payment", object: "payment" }, (context) =>
    payment(context, "COMPLETED"),
  ),
  "refund.created": event("refund.created", { data: "refund", object: "refund" }, refund),
  "order.created": event(
    "order.created",
    { data: "order_created", object: "order_created" },
    order,
  ),
  "customer.created": event("customer.created", { data: "customer", object: "customer" }, customer),
  "invoice.payment_made": event(
    "invoice.payment_made",
    { data: "invoice", object: "invoice" },
    invoice,
  ),
});
