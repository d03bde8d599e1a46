/** Mollie's next-gen webhooks with the whole entity in them (https://docs.mollie.com/reference/webhooks-new). */
import type { SampleContext } from "../../core/types.ts";
import { framed, isoSeconds, type Thing, token } from "./sampler.ts";

const at = (context: SampleContext): string => isoSeconds(context).replace("Z", "+00:00");
const id = (prefix: string, context: SampleContext): string =>
  `${prefix}_${token(context).slice(-21)}`;

const paymentLink = (context: SampleContext): Thing => ({
  resource: "payment-link",
  id: id("pl", context),
  mode: "test",
  description: "Three loaves",
  amount: { currency: "EUR", value: "24.95" },
  archived: false,
  reusable: false,
  redirectUrl: "https://shop.example.com/thanks",
  profileId: "pfl_QkEhN94Ba",
  createdAt: at(context),
  paidAt: at(context),
  expiresAt: null,
});

const salesInvoice =
  (status: string) =>
  (context: SampleContext): Thing => ({
    resource: "sales-invoice",
    id: id("invoice", context),
    mode: "test",
    invoiceNumber: "INV-0000001",
    status,
    currency: "EUR",
    memo: "Three loaves",
    paymentTerm: "30 days",
    recipientIdentifier: "123532354",
    totalAmount: { value: "107.69", currency: "EUR" },
    issuedAt: at(context),
    paidAt: status === "paid" ? at(context) : null,
  });

/** Events of Mollie with fresh ids and times. */
export const samples = framed(
  {
    "payment-link.paid": paymentLink,
    "sales-invoice.issued": salesInvoice("issued"),
    "sales-invoice.paid": salesInvoice("paid"),
  },
  (type, context, entity) => ({
    resource: "event",
    id: id("event", context),
    type,
    entityId: (entity as Thing)["id"],
    createdAt: at(context),
    _embedded: { entity },
    _links: {
      self: {
        href: `https://api.mollie.com/v2/events/${id("event", context)}`,
        type: "application/hal+json",
      },
    },
  }),
);
