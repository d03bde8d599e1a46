/** Twitch EventSub (https://dev.twitch.tv/docs/eventsub/eventsub-reference/); headers have id and type. */
import type { SampleContext } from "../../core/types.ts";
import { framed, iso, serial, type Thing } from "./sampler.ts";

const broadcaster: Thing = {
  broadcaster_user_id: "1337",
  broadcaster_user_login: "oven",
  broadcaster_user_name: "Oven",
};
const user: Thing = { user_id: "1234", user_login: "ada", user_name: "Ada" };
const versions: Readonly<Record<string, string>> = { "channel.follow": "2" };

/** Notifications of Twitch with fresh ids and times. */
export const samples = framed(
  {
    "channel.follow": (context) => ({ ...user, ...broadcaster, followed_at: iso(context) }),
    "channel.subscribe": () => ({ ...user, ...broadcaster, tier: "1000", is_gift: false }),
    "channel.cheer": () => ({
      is_anonymous: false,
      ...user,
      ...broadcaster,
      message: "Good bread",
      bits: 1000,
    }),
    "stream.online": (context: SampleContext) => ({
      id: String(serial(context)),
      ...broadcaster,
      type: "live",
      started_at: iso(context),
    }),
    "stream.offline": () => broadcaster,
  },
  (type, context, event) => ({
    subscription: {
      id: "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
      type,
      version: versions[type] ?? "1",
      status: "enabled",
      cost: 0,
      condition: { broadcaster_user_id: "1337" },
      created_at: iso(context),
      transport: { method: "webhook", callback: "https://gateway.example.com/twitch" },
    },
    event,
  }),
);
