import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Deepgram. */
export const deepgram = declareTokenProvider({
  name: "deepgram",
  title: "Deepgram",
  docs: "https://developers.deepgram.com/docs/callback",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { header: "dg-token" },
  id: { json: "metadata.request_id" },
  time: { json: "metadata.created", unit: "rfc3339" },
});
