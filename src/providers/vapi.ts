import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Vapi. */
export const vapi = declareTokenProvider({
  name: "vapi",
  title: "Vapi",
  docs: "https://docs.vapi.ai/server-url/server-authentication",
  evidence: {
    kind: "docs",
    source: "https://github.com/VapiAI/docs/blob/main/fern/server-url/server-authentication.mdx",
    readOn: "2026-11-21",
    read: "X-Vapi-Secret: the token, of a Bearer Token credential with that header and no prefix",
  },
  // Of an `assistant-request`; what calls a tool waits 20 s unless the server's timeout says otherwise.
  deadlineSeconds: 7.5,
  token: { header: "X-Vapi-Secret" },
  type: { json: "message.type" },
  time: { json: "message.timestamp", unit: "ms" },
});
