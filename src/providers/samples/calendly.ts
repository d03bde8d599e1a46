/** Calendly's webhooks (https://developer.calendly.com/api-docs/c1ddc06ce1f1b-webhook-payload). */
import type { SampleContext } from "../../core/types.ts";
import { framed, iso, type Thing, token } from "./sampler.ts";

const api = "https://api.calendly.com";
const user = `${api}/users/AAAAAAAAAAAAAAAA`;

const invitee =
  (status: "active" | "canceled") =>
  (context: SampleContext): Thing => {
    const event = `${api}/scheduled_events/${token(context).slice(-16)}`;
    return {
      uri: `${event}/invitees/${token(context).slice(-16)}`,
      email: "ada@example.com",
      name: "Ada Nwosu",
      first_name: "Ada",
      last_name: "Nwosu",
      status,
      timezone: "Europe/Berlin",
      event,
      created_at: iso(context),
      updated_at: iso(context),
      cancel_url: `https://calendly.com/cancellations/${token(context).slice(-16)}`,
      reschedule_url: `https://calendly.com/reschedulings/${token(context).slice(-16)}`,
      rescheduled: false,
      old_invitee: null,
      new_invitee: null,
      no_show: null,
      questions_and_answers: [{ answer: "Three languages", position: 0, question: "What about?" }],
      scheduled_event: {
        uri: event,
        name: "15 minutes",
        status,
        start_time: iso(context),
        end_time: iso(context),
        event_type: `${api}/event_types/BBBBBBBBBBBBBBBB`,
        location: { type: "physical", location: "Torstraße 1" },
        event_memberships: [{ user }],
      },
      ...(status === "canceled"
        ? { cancellation: { canceled_by: "Ada Nwosu", reason: "Ill", canceler_type: "invitee" } }
        : {}),
    };
  };

/** Webhooks of Calendly with fresh ids and times. */
export const samples = framed(
  {
    "invitee.created": invitee("active"),
    "invitee.canceled": invitee("canceled"),
    "routing_form_submission.created": (context) => ({
      uri: `${api}/routing_form_submissions/${token(context).slice(-16)}`,
      routing_form: `${api}/routing_forms/CCCCCCCCCCCCCCCC`,
      questions_and_answers: [{ question: "How many?", answer: "Three" }],
      result: { type: "event_type", value: `${api}/event_types/BBBBBBBBBBBBBBBB` },
      submitter: null,
      created_at: iso(context),
      updated_at: iso(context),
    }),
  },
  (event, context, payload) => ({ event, created_at: iso(context), created_by: user, payload }),
);
