/** Intercom's notifications (https://developers.intercom.com/docs/references/webhooks/webhook-models). */

import type { SampleContext } from "../../core/types.ts";
import { epoch, framed, type Thing, token } from "./sampler.ts";

const contact = (context: SampleContext): Thing => ({
  type: "contact",
  id: "6762f0dd1bb69f9f2193bb83",
  workspace_id: "a1b2c3d4",
  external_id: "u_42",
  role: "user",
  email: "ada@example.com",
  name: "Ada Nwosu",
  created_at: epoch(context),
  updated_at: epoch(context),
});

const conversation =
  (state: string) =>
  (context: SampleContext): Thing => ({
    type: "conversation",
    id: "215468123",
    created_at: epoch(context),
    updated_at: epoch(context),
    state,
    open: state === "open",
    read: false,
    source: {
      type: "conversation",
      id: "403918320",
      delivered_as: "customer_initiated",
      body: "<p>Is the oven on?</p>",
      author: { type: "user", id: "6762f0dd1bb69f9f2193bb83", email: "ada@example.com" },
    },
  });

/** Notifications of Intercom with fresh ids and times. */
export const samples = framed(
  {
    "contact.user.created": contact,
    "contact.user.updated": contact,
    "conversation.user.created": conversation("open"),
    "conversation.user.replied": conversation("open"),
    "conversation.admin.closed": conversation("closed"),
  },
  (topic, context, item) => ({
    type: "notification_event",
    app_id: "a1b2c3d4",
    data: { type: "notification_event_data", item },
    links: {},
    id: `notif_${token(context)}`,
    topic,
    delivery_status: "pending",
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: epoch(context),
    created_at: epoch(context),
    self: null,
  }),
);
