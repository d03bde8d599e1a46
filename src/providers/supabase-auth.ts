import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Supabase Auth hooks. */
export const supabaseAuth = declareStandardWebhooks({
  name: "supabase-auth",
  title: "Supabase Auth hooks",
  docs: "https://supabase.com/docs/guides/auth/auth-hooks",
  evidence: { kind: "sdk", source: "standardwebhooks@1.1.1" },
  deadlineSeconds: 5,
  retries: true,
  secretPrefix: "v1,",
});
