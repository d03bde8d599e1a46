import { declareProvider } from "./schemes/declared.ts";

/** LinkedIn. */
export const linkedin = declareProvider({
  name: "linkedin",
  title: "LinkedIn",
  docs: "https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-LI-Signature" },
  content: [{ literal: "hmacsha256=" }, "body"],
  handshakes: [
    {
      method: "GET",
      challenge: { query: "challengeCode" },
      form: /^[A-Za-z0-9-]{1,64}$/,
      sign: {},
      answer: { json: { challengeCode: "{challenge}", challengeResponse: "{digest}" } },
    },
  ],
});
