/** Xero's webhooks: a list of events (https://developer.xero.com/documentation/guides/webhooks/overview/). */
import { framed, isoSeconds, serial } from "./sampler.ts";

const nothing = (): undefined => undefined;
const paths = { CONTACT: "Contacts", INVOICE: "Invoices" } as const;

/** A list of one event, with a fresh id. */
export const samples = framed(
  {
    "CONTACT.CREATE": nothing,
    "CONTACT.UPDATE": nothing,
    "INVOICE.CREATE": nothing,
    "INVOICE.UPDATE": nothing,
  },
  (type, context) => {
    const [eventCategory, eventType] = type.split(".") as [keyof typeof paths, string];
    const sequence = serial(context) % 1_000_000;
    return {
      events: [
        {
          resourceUrl: `https://api.xero.com/api.xro/2.0/${paths[eventCategory]}/${context.id}`,
          resourceId: context.id,
          tenantId: "c2cc9b6e-9458-4c7d-93cc-f02b81b0594f",
          tenantType: "ORGANISATION",
          eventCategory,
          eventType,
          eventDateUtc: isoSeconds(context).slice(0, 19),
        },
      ],
      firstEventSequence: sequence,
      lastEventSequence: sequence,
      entropy: "S0m3r4Nd0mt3xt",
    };
  },
);
