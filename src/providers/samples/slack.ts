/** Slack's Events API (https://docs.slack.dev/reference/events) and slash commands, which are forms. */
import type { SampleContext } from "../../core/types.ts";
import { epoch, framed, type Thing, token } from "./sampler.ts";

const [team, channel, user, app] = ["T061EG9R6", "C061EG9SL", "U061F7AUR", "A0F7YS25R"];

const ts = (context: SampleContext): string => `${epoch(context)}.000200`;

const said = (type: string, context: SampleContext): Thing => ({
  type,
  user,
  text: "Is the oven on?",
  ts: ts(context),
  channel,
  event_ts: ts(context),
});

/** Events of Slack with fresh ids and times. */
export const samples = framed(
  {
    message: (context) => ({ ...said("message", context), channel_type: "channel" }),
    app_mention: (context) => ({
      ...said("app_mention", context),
      text: "<@U0LAN0Z89> is the oven on?",
    }),
    reaction_added: (context) => ({
      type: "reaction_added",
      user,
      reaction: "thumbsup",
      item_user: "U0G9QF9C6",
      item: { type: "message", channel, ts: ts(context) },
      event_ts: ts(context),
    }),
    team_join: (context) => ({
      type: "team_join",
      user: {
        id: "U0NEW1234",
        team_id: team,
        name: "ada",
        real_name: "Ada Nwosu",
        is_bot: false,
        profile: { email: "ada@example.com", display_name: "ada" },
      },
      cache_ts: epoch(context),
      event_ts: ts(context),
    }),
    app_home_opened: (context) => ({
      type: "app_home_opened",
      user,
      channel: "D0LAN2Q65",
      tab: "home",
      event_ts: ts(context),
    }),
  },
  (_, context, event) => ({
    token: "one-long-verification-token",
    team_id: team,
    api_app_id: app,
    event,
    type: "event_callback",
    event_id: `Ev${token(context).toUpperCase().slice(-11)}`,
    event_time: epoch(context),
    authorizations: [{ enterprise_id: null, team_id: team, user_id: "U0LAN0Z89", is_bot: true }],
    is_ext_shared_channel: false,
    event_context: "4-eyJldCI6Im1lc3NhZ2UifQ",
  }),
);
