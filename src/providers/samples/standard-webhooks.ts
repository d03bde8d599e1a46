import { iso, sampler, token } from "./sampler.ts";

/** A payload of the spec's shape: `type`, `timestamp`, `data`. */
export const samples = sampler({
  "contact.created": (context) => ({
    type: "contact.created",
    timestamp: iso(context),
    data: {
      id: `con_${token(context)}`,
      full_name: "Ada Nwosu",
      email: "ada@example.com",
      created_at: iso(context),
    },
  }),
  "invoice.paid": (context) => ({
    type: "invoice.paid",
    timestamp: iso(context),
    data: { id: `inv_${token(context)}`, amount: 4200, currency: "eur", status: "paid" },
  }),
});
