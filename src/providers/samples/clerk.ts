/** Clerk's webhooks (https://clerk.com/docs/guides/development/webhooks/overview). */
import type { SampleContext } from "../../core/types.ts";
import { framed, type Thing, token } from "./sampler.ts";

const user = (context: SampleContext): Thing => ({
  id: `user_${token(context)}`,
  object: "user",
  first_name: "Ada",
  last_name: "Nwosu",
  username: null,
  email_addresses: [
    {
      id: `idn_${token(context)}`,
      object: "email_address",
      email_address: "ada@example.com",
      linked_to: [],
      verification: { status: "verified", strategy: "ticket" },
    },
  ],
  primary_email_address_id: `idn_${token(context)}`,
  password_enabled: true,
  two_factor_enabled: false,
  public_metadata: {},
  private_metadata: {},
  unsafe_metadata: {},
  created_at: context.now,
  updated_at: context.now,
  last_sign_in_at: context.now,
});

/** Events of Clerk with fresh ids and times; the event's id is in a header. */
export const samples = framed(
  {
    "user.created": user,
    "user.updated": user,
    "user.deleted": (context) => ({ id: `user_${token(context)}`, object: "user", deleted: true }),
    "session.created": (context) => ({
      id: `sess_${token(context)}`,
      object: "session",
      user_id: "user_29w83sxmDNGwOuEthce5gg56FcC",
      client_id: `client_${token(context)}`,
      status: "active",
      created_at: context.now,
      updated_at: context.now,
      expire_at: context.now + 604_800_000,
      abandon_at: context.now + 2_592_000_000,
    }),
    "organization.created": (context) => ({
      id: `org_${token(context)}`,
      object: "organization",
      name: "Bakery",
      slug: "bakery",
      created_by: "user_29w83sxmDNGwOuEthce5gg56FcC",
      members_count: 1,
      public_metadata: {},
      created_at: context.now,
      updated_at: context.now,
    }),
  },
  (type, context, data) => ({
    data,
    object: "event",
    type,
    timestamp: context.now,
    instance_id: "ins_2g7np7Hrk0SN6kj5EDMLDaKNL0S",
  }),
);
