import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Deepgram. */
export const deepgram = declareTokenProvider({
  name: "deepgram",
  title: "Deepgram",
  docs: "https://developers.deepgram.com/docs/callback",
  evidence: {
    kind: "docs",
    source: "https://github.com/deepgram/deepgram-docs/blob/main/fern/docs/callback.mdx",
    readOn: "2026-11-21",
    read: "dg-token: the identifier of the API key",
  },
  retries: true,
  token: { header: "dg-token" },
  id: { json: "metadata.request_id" },
  time: { json: "metadata.created", unit: "rfc3339" },
});
