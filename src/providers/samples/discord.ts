/** Discord's webhook events (https://docs.discord.com/developers/events/webhook-events). */
import type { SampleContext } from "../../core/types.ts";
import { framed, iso, serial, type Thing } from "./sampler.ts";

const user = (context: SampleContext): Thing => ({
  id: `8${serial(context)}`,
  username: "ada",
  global_name: "Ada",
  discriminator: "0",
  avatar: null,
  public_flags: 0,
});

/** Events of Discord with fresh times; they have no id. */
export const samples = framed(
  {
    APPLICATION_AUTHORIZED: (context) => ({
      integration_type: 1,
      scopes: ["applications.commands"],
      user: user(context),
    }),
    APPLICATION_DEAUTHORIZED: (context) => ({ user: user(context) }),
    ENTITLEMENT_CREATE: (context) => ({
      id: String(serial(context)),
      sku_id: "1234505980407808808",
      application_id: "1234560123453231555",
      user_id: "80351110224678912",
      type: 4,
      deleted: false,
      consumed: false,
    }),
  },
  (type, context, data) => ({
    version: 1,
    application_id: "1234560123453231555",
    type: 1,
    event: { type, timestamp: iso(context), data },
  }),
);
