import { declareProvider } from "./schemes/declared.ts";

/** Vercel. */
export const vercel = declareProvider({
  name: "vercel",
  title: "Vercel",
  docs: "https://vercel.com/docs/webhooks/webhooks-api",
  evidence: {
    kind: "docs",
    source: "https://github.com/vercel/example-marketplace-integration (app/webhook/route.ts)",
    readOn: "2026-11-21",
    read: "x-vercel-signature: HMAC-SHA1 in hex over the raw body, key the integration's secret",
  },
  signature: { header: "x-vercel-signature", algorithm: "hmac-sha1" },
  id: { json: "id" },
  time: { json: "createdAt", unit: "ms" },
});
