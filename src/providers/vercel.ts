import { declareProvider } from "./schemes/declared.ts";

/** Vercel. */
export const vercel = declareProvider({
  name: "vercel",
  title: "Vercel",
  docs: "https://vercel.com/docs/webhooks/webhooks-api",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "x-vercel-signature", algorithm: "hmac-sha1" },
  id: { json: "id" },
  time: { json: "createdAt", unit: "ms" },
});
