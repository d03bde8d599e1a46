/** Razorpay's webhooks (https://razorpay.com/docs/webhooks/payloads/); the id is in a header. */
import type { SampleContext } from "../../core/types.ts";
import { epoch, framed, type Thing, token } from "./sampler.ts";

const id = (prefix: string, context: SampleContext): string =>
  `${prefix}_${token(context).slice(-14)}`;

const payment =
  (status: string) =>
  (context: SampleContext): Thing => ({
    payment: {
      entity: {
        id: id("pay", context),
        entity: "payment",
        amount: 50_000,
        currency: "INR",
        status,
        order_id: id("order", context),
        invoice_id: null,
        international: false,
        method: "upi",
        amount_refunded: 0,
        captured: status === "captured",
        email: "ada@example.com",
        contact: "+919000090000",
        notes: [],
        fee: status === "captured" ? 1180 : null,
        tax: status === "captured" ? 180 : null,
        ...(status === "failed"
          ? { error_code: "BAD_REQUEST_ERROR", error_description: "Payment failed" }
          : {}),
        created_at: epoch(context),
      },
    },
  });

const order = (context: SampleContext): Thing => ({
  ...payment("captured")(context),
  order: {
    entity: {
      id: id("order", context),
      entity: "order",
      amount: 50_000,
      amount_paid: 50_000,
      amount_due: 0,
      currency: "INR",
      receipt: "rcptid_11",
      status: "paid",
      attempts: 1,
      notes: [],
      created_at: epoch(context),
    },
  },
});

const refund = (context: SampleContext): Thing => ({
  ...payment("captured")(context),
  refund: {
    entity: {
      id: id("rfnd", context),
      entity: "refund",
      amount: 50_000,
      currency: "INR",
      payment_id: id("pay", context),
      status: "processed",
      speed_processed: "normal",
      notes: [],
      created_at: epoch(context),
    },
  },
});

/** Events of Razorpay with fresh ids and times. */
export const samples = framed(
  {
    "payment.authorized": payment("authorized"),
    "payment.captured": payment("captured"),
    "payment.failed": payment("failed"),
    "order.paid": order,
    "refund.processed": refund,
  },
  (event, context, payload) => ({
    entity: "event",
    account_id: "acc_BFQ7uQEaa7j2z7",
    event,
    contains: Object.keys(payload as Thing),
    payload,
    created_at: epoch(context),
  }),
);
