/** Zendesk's event webhooks (https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events). */
import type { SampleContext } from "../../core/types.ts";
import { framed, isoSeconds, type Thing } from "./sampler.ts";

const ticket = (context: SampleContext): Thing => ({
  actor_id: "8447388090494",
  assignee_id: "8447388090494",
  brand_id: "8447346621310",
  created_at: isoSeconds(context),
  custom_status: "8447320465790",
  description: "It doesn't get hot.",
  external_id: null,
  form_id: "8646151517822",
  group_id: "8447320466430",
  id: "5158",
  is_public: true,
  organization_id: "8447346622462",
  priority: "LOW",
  requester_id: "8447388090494",
  status: "OPEN",
  subject: "Is the oven on?",
  submitter_id: "8447388090494",
  tags: ["oven"],
  type: "TASK",
  updated_at: isoSeconds(context),
  via: { channel: "web_service" },
});

const changed =
  (previous: string, current: string) =>
  (context: SampleContext): Thing => ({
    subject: "zen:ticket:5158",
    detail: ticket(context),
    event: { previous, current },
  });

/** Events of Zendesk with fresh ids and times; the invocation's id is in a header. */
export const samples = framed(
  {
    "zen:event-type:ticket.created": (context) => ({
      subject: "zen:ticket:5158",
      detail: ticket(context),
      event: { meta: { sequence: { id: context.id, position: 1, total: 1 } } },
    }),
    "zen:event-type:ticket.status_changed": changed("NEW", "OPEN"),
    "zen:event-type:ticket.priority_changed": changed("LOW", "URGENT"),
    "zen:event-type:ticket.comment_added": (context) => ({
      subject: "zen:ticket:5158",
      detail: ticket(context),
      event: {
        comment: {
          id: "5486464130558",
          body: "Now it is.",
          is_public: true,
          author: { id: "8447388090494", is_staff: true, name: "Ada Nwosu" },
        },
      },
    }),
    "zen:event-type:user.created": (context) => ({
      subject: "zen:user:6596848315901",
      detail: {
        id: "6596848315901",
        email: "ada@example.com",
        role: "end-user",
        created_at: isoSeconds(context),
        updated_at: isoSeconds(context),
        default_group_id: "0",
        organization_id: "0",
        external_id: "",
      },
      event: {},
    }),
  },
  (type, context, more) => ({
    type,
    account_id: 12_514_403,
    id: context.id,
    time: isoSeconds(context),
    zendesk_event_version: "2022-11-06",
    ...(more as Thing),
  }),
);
