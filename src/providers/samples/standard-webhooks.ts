import { formatRfc3339 } from "../../kit/rfc3339.ts";
import { sampler, token } from "./sampler.ts";

/** A payload of the spec's shape: `type`, `timestamp`, `data`. */
export const samples = sampler({
  "contact.created": (context) => ({
    type: "contact.created",
    timestamp: formatRfc3339(context.now),
    data: {
      id: `con_${token(context)}`,
      full_name: "Ada Nwosu",
      email: "ada@example.com",
      created_at: formatRfc3339(context.now),
    },
  }),
  "invoice.paid": (context) => ({
    type: "invoice.paid",
    timestamp: formatRfc3339(context.now),
    data: { id: `inv_${token(context)}`, amount: 4200, currency: "eur", status: "paid" },
  }),
});
