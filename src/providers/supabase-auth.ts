import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Supabase Auth hooks. */
export const supabaseAuth = declareStandardWebhooks({
  name: "supabase-auth",
  title: "Supabase Auth hooks",
  docs: "https://supabase.com/docs/guides/auth/auth-hooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  secretPrefix: "v1,",
});
