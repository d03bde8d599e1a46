/** DocuSign Connect in its JSON form (https://developers.docusign.com/platform/webhooks/connect/event-triggers/). */
import type { SampleContext } from "../../core/types.ts";
import { framed, iso, type Thing } from "./sampler.ts";

const account = "d8b9f7a1-65c4-4f0d-9f5e-2a1f0c9b7e44";

const envelope =
  (status: string) =>
  (context: SampleContext): Thing => ({
    accountId: account,
    userId: "0bd6b5c4-2f6e-4c0f-9b8e-6d2f8a7c1e55",
    envelopeId: context.id,
    envelopeSummary: {
      status,
      documentsUri: `/envelopes/${context.id}/documents`,
      emailSubject: "Please sign: three loaves",
      signingLocation: "online",
      envelopeId: context.id,
      createdDateTime: iso(context),
      sentDateTime: iso(context),
      statusChangedDateTime: iso(context),
      ...(status === "completed" ? { completedDateTime: iso(context) } : {}),
      ...(status === "voided" ? { voidedReason: "Sent twice" } : {}),
      sender: { userName: "Bakery", email: "oven@example.com", accountId: account },
    },
  });

const recipient = (context: SampleContext): Thing => ({
  accountId: account,
  envelopeId: context.id,
  userId: "0bd6b5c4-2f6e-4c0f-9b8e-6d2f8a7c1e55",
  recipientId: "1",
});

/** Events of DocuSign with fresh ids and times. */
export const samples = framed(
  {
    "envelope-sent": envelope("sent"),
    "envelope-delivered": envelope("delivered"),
    "envelope-completed": envelope("completed"),
    "envelope-declined": envelope("declined"),
    "envelope-voided": envelope("voided"),
    "recipient-completed": recipient,
  },
  (event, context, data) => ({
    event,
    apiVersion: "v2.1",
    uri: `/restapi/v2.1/accounts/${account}/envelopes/${context.id}`,
    retryCount: 0,
    configurationId: 10_207_943,
    generatedDateTime: iso(context),
    data,
  }),
);
