import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Vapi. */
export const vapi = declareTokenProvider({
  name: "vapi",
  title: "Vapi",
  docs: "https://docs.vapi.ai/server-url/server-authentication",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { header: "X-Vapi-Secret" },
  type: { json: "message.type" },
  time: { json: "message.timestamp", unit: "ms" },
});
