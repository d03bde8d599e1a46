/** Resend's webhooks (https://resend.com/docs/dashboard/webhooks/event-types). */
import { framed, iso, type Thing } from "./sampler.ts";

/** Events of Resend with fresh ids and times; the event's id is in a header. */
export const samples = framed(
  {
    "email.sent": () => ({}),
    "email.delivered": () => ({}),
    "email.bounced": () => ({
      bounce: { type: "Permanent", subType: "Suppressed", message: "The mailbox does not exist." },
    }),
    "email.complained": () => ({}),
    "email.opened": () => ({}),
    "email.clicked": (context) => ({
      click: {
        ipAddress: "203.0.113.9",
        link: "https://example.com/welcome",
        timestamp: iso(context),
        userAgent: "Mozilla/5.0",
      },
    }),
  },
  (type, context, more) => ({
    type,
    created_at: iso(context),
    data: {
      email_id: context.id,
      created_at: iso(context),
      from: "Bakery <oven@mail.example.com>",
      to: ["ada@example.com"],
      subject: "Welcome",
      tags: { category: "welcome" },
      ...(more as Thing),
    },
  }),
);
