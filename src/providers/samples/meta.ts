/** Meta's webhooks: WhatsApp and Page changes (https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples). */
import type { SampleContext } from "../../core/types.ts";
import { epoch, sampler, serial, type Thing, token } from "./sampler.ts";

const number: Thing = { display_phone_number: "15550783881", phone_number_id: "106540352242922" };

/** The object, and the field of it that changed. */
const change =
  (object: string, field: string, value: (context: SampleContext) => Thing) =>
  (context: SampleContext): Thing => ({
    object,
    entry: [
      {
        id: "102290129340398",
        ...(object === "whatsapp_business_account" ? {} : { time: epoch(context) }),
        changes: [{ value: value(context), field }],
      },
    ],
  });

const whatsapp = (value: (context: SampleContext) => Thing) =>
  change("whatsapp_business_account", "messages", (context) => ({
    messaging_product: "whatsapp",
    metadata: number,
    ...value(context),
  }));

const received = whatsapp((context) => ({
  contacts: [{ profile: { name: "Ada Nwosu" }, wa_id: "16505551234" }],
  messages: [
    {
      from: "16505551234",
      id: `wamid.${token(context)}`,
      timestamp: String(epoch(context)),
      type: "text",
      text: { body: "Is the oven on?" },
    },
  ],
}));

/** Changes as Meta tells them, with fresh ids and times. */
export const samples = sampler({
  "whatsapp_business_account.messages": received,
  "whatsapp_business_account.account_update": change(
    "whatsapp_business_account",
    "account_update",
    (context) => ({
      phone_number: `1650${serial(context) % 10_000_000}`,
      event: "VERIFIED_ACCOUNT",
    }),
  ),
  "page.feed": change("page", "feed", (context) => ({
    from: { id: "1234567890", name: "Ada Nwosu" },
    item: "comment",
    verb: "add",
    comment_id: `44444444_${token(context)}`,
    post_id: "44444444_444444444",
    created_time: epoch(context),
    message: "Is the oven on?",
  })),
  "instagram.comments": change("instagram", "comments", (context) => ({
    from: { id: "232323232", username: "ada" },
    media: { id: "123123123", media_product_type: "FEED" },
    id: token(context),
    text: "Is the oven on?",
  })),
});
