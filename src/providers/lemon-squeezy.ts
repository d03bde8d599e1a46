import { declareProvider } from "./schemes/declared.ts";

/** Lemon Squeezy. */
export const lemonSqueezy = declareProvider({
  name: "lemon-squeezy",
  title: "Lemon Squeezy",
  docs: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
  evidence: {
    kind: "docs",
    source: "https://github.com/lmsqueezy/nextjs-billing/blob/main/src/app/api/webhook/route.ts",
    readOn: "2026-11-20",
    read: "X-Signature: HMAC-SHA256 in hex over the raw body",
  },
  signature: { header: "X-Signature" },
  type: { header: "X-Event-Name" },
});
