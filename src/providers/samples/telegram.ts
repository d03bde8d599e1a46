/** Updates of Telegram's Bot API (https://core.telegram.org/bots/api#update): the field beside the id is the kind. */
import type { SampleContext } from "../../core/types.ts";
import { epoch, framed, serial, type Thing } from "./sampler.ts";

const from = {
  id: 1_111_111,
  is_bot: false,
  first_name: "Ada",
  username: "ada",
  language_code: "en",
};
const chat = { id: 1_111_111, first_name: "Ada", username: "ada", type: "private" };

const text = (context: SampleContext): Thing => ({
  message_id: 1365,
  from,
  chat,
  date: epoch(context),
  text: "Is the oven on?",
});

/** Updates of Telegram with fresh ids and times. */
export const samples = framed(
  {
    message: text,
    edited_message: (context) => ({ ...text(context), edit_date: epoch(context) }),
    callback_query: (context) => ({
      id: String(serial(context)),
      from,
      message: text(context),
      chat_instance: "-4042117351",
      data: "oven:on",
    }),
    channel_post: (context) => ({
      message_id: 12,
      sender_chat: { id: -1_001_234_567_890, title: "Bakery", type: "channel" },
      chat: { id: -1_001_234_567_890, title: "Bakery", type: "channel" },
      date: epoch(context),
      text: "The oven is on.",
    }),
  },
  (kind, context, update) => ({ update_id: serial(context) % 2_000_000_000, [kind]: update }),
);
