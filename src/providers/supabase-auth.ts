import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** Supabase Auth hooks. */
export const supabaseAuth = declareStandardWebhooks({
  name: "supabase-auth",
  title: "Supabase Auth hooks",
  docs: "https://supabase.com/docs/guides/auth/auth-hooks",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/supabase/supabase/blob/master/apps/docs/content/guides/auth/auth-hooks.mdx",
    readOn: "2026-11-21",
    read: "Standard Webhooks; secret v1,whsec_ and base64; 5 seconds; again after 429 and 503",
  },
  deadlineSeconds: 5,
  retries: true,
  secretPrefix: "v1,",
});
