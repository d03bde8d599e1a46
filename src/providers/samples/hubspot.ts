/** HubSpot's webhooks: a list of notifications (https://developers.hubspot.com/docs/apps/legacy-apps/public-apps/create-generic-webhook-subscriptions). */
import { framed, serial, type Thing } from "./sampler.ts";

const change = (propertyName: string, propertyValue: string) => (): Thing => ({
  propertyName,
  propertyValue,
  changeSource: "CRM_UI",
});

/** A list of one notification, with a fresh id. */
export const samples = framed(
  {
    "contact.creation": () => ({ changeFlag: "CREATED", changeSource: "CRM" }),
    "contact.propertyChange": change("lifecyclestage", "customer"),
    "contact.deletion": () => ({ changeFlag: "DELETED", changeSource: "CRM" }),
    "deal.creation": () => ({ changeFlag: "CREATED", changeSource: "CRM" }),
    "deal.propertyChange": change("dealstage", "closedwon"),
  },
  (subscriptionType, context, more) => [
    {
      eventId: serial(context),
      subscriptionId: 138_592,
      portalId: 62_515,
      appId: 54_321,
      occurredAt: context.now,
      subscriptionType,
      attemptNumber: 0,
      objectId: 123,
      ...(more as Thing),
    },
  ],
);
