/** SendGrid's event webhook: a list of events (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event). */
import { epoch, framed, type Thing, token } from "./sampler.ts";

const opened = { useragent: "Mozilla/5.0", ip: "203.0.113.9", sg_machine_open: false };

/** A list of one event, with a fresh id. */
export const samples = framed(
  {
    processed: () => ({ send_at: 0 }),
    delivered: () => ({ response: "250 OK", tls: 1, ip: "198.51.100.4" }),
    bounce: () => ({
      reason: "550 5.1.1 The mailbox does not exist.",
      status: "5.1.1",
      type: "bounce",
      bounce_classification: "Invalid Address",
    }),
    open: () => opened,
    click: () => ({ ...opened, url: "https://example.com/welcome", url_offset: { index: 0 } }),
    spamreport: () => ({}),
  },
  (event, context, more) => [
    {
      email: "ada@example.com",
      timestamp: epoch(context),
      "smtp-id": `<${token(context)}@mail.example.com>`,
      event,
      category: ["welcome"],
      sg_event_id: token(context),
      sg_message_id: `${token(context)}.recvd-5f54b5d587-76n47-1`,
      ...(more as Thing),
    },
  ],
);
