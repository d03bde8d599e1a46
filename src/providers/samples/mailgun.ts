/** Mailgun's events (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/). */
import { framed, type Thing, token } from "./sampler.ts";

const status = (code: number, words: string): Thing => ({
  tls: true,
  "mx-host": "mx.example.com",
  code,
  message: words,
  "attempt-no": 1,
});

const client: Thing = {
  "client-os": "macOS",
  "device-type": "desktop",
  "client-name": "Firefox",
  "client-type": "browser",
};

/** Events of Mailgun with fresh ids and times; what is signed is filled in when it is. */
export const samples = framed(
  {
    accepted: () => ({ method: "HTTP" }),
    delivered: () => ({ "delivery-status": status(250, "OK") }),
    failed: () => ({
      severity: "permanent",
      reason: "bounce",
      "delivery-status": status(550, "No such mailbox"),
    }),
    opened: () => ({ ip: "203.0.113.9", "client-info": client }),
    clicked: () => ({
      ip: "203.0.113.9",
      url: "https://example.com/welcome",
      "client-info": client,
    }),
    complained: () => ({}),
  },
  (event, context, more) => ({
    signature: { token: token(context).padEnd(50, "0"), timestamp: "", signature: "" },
    "event-data": {
      id: token(context).slice(-22),
      event,
      timestamp: context.now / 1000,
      "log-level": "info",
      recipient: "ada@example.com",
      "recipient-domain": "example.com",
      message: {
        headers: {
          to: "Ada <ada@example.com>",
          from: "Bakery <oven@mail.example.com>",
          subject: "Welcome",
          "message-id": `${token(context)}@mail.example.com`,
        },
        size: 512,
      },
      tags: ["welcome"],
      "user-variables": {},
      ...(more as Thing),
    },
  }),
);
