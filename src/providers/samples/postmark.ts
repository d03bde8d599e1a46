/** Postmark's webhooks (https://postmarkapp.com/developer/webhooks/webhooks-overview). */
import { framed, isoSeconds, serial, type Thing } from "./sampler.ts";

/** Records of Postmark with fresh ids and times. */
export const samples = framed(
  {
    Delivery: (context) => ({
      Recipient: "ada@example.com",
      DeliveredAt: isoSeconds(context),
      Details: "smtp;250 2.0.0 OK",
    }),
    Bounce: (context) => ({
      ID: serial(context),
      Type: "HardBounce",
      TypeCode: 1,
      Name: "Hard bounce",
      Email: "ada@example.com",
      From: "oven@mail.example.com",
      BouncedAt: isoSeconds(context),
      Description: "The mailbox does not exist.",
      Details: "smtp;550 5.1.1 No such mailbox",
      Inactive: true,
      CanActivate: true,
      Subject: "Welcome",
    }),
    Open: (context) => ({
      FirstOpen: true,
      Recipient: "ada@example.com",
      ReceivedAt: isoSeconds(context),
      Platform: "Desktop",
      UserAgent: "Mozilla/5.0",
    }),
    Click: (context) => ({
      ClickLocation: "HTML",
      OriginalLink: "https://example.com/welcome",
      Recipient: "ada@example.com",
      ReceivedAt: isoSeconds(context),
      Platform: "Desktop",
    }),
    SpamComplaint: (context) => ({
      ID: serial(context),
      Type: "SpamComplaint",
      TypeCode: 512,
      Email: "ada@example.com",
      BouncedAt: isoSeconds(context),
    }),
    SubscriptionChange: (context) => ({
      Recipient: "ada@example.com",
      ChangedAt: isoSeconds(context),
      Origin: "Recipient",
      SuppressSending: true,
      SuppressionReason: "ManualSuppression",
    }),
  },
  (RecordType, context, more) => ({
    RecordType,
    MessageStream: "outbound",
    ServerID: 23,
    MessageID: context.id,
    Tag: "welcome",
    Metadata: {},
    ...(more as Thing),
  }),
);
