import { declareProvider } from "./schemes/declared.ts";

/** X (Twitter). */
export const x = declareProvider({
  name: "x",
  title: "X (Twitter)",
  docs: "https://docs.x.com/x-api/webhooks/introduction",
  evidence: {
    kind: "docs",
    source: "https://github.com/xdevplatform/docs (x-api/webhooks)",
    readOn: "2026-11-20",
    read: "x-twitter-webhooks-signature: sha256= and HMAC-SHA256 in base64 over the raw body",
  },
  deadlineSeconds: 10,
  signature: { header: "x-twitter-webhooks-signature", prefix: "sha256=", encoding: "base64" },
  handshakes: [
    {
      method: "GET",
      challenge: { query: "crc_token" },
      form: /^[A-Za-z0-9_=-]{1,128}$/,
      sign: { encoding: "base64" },
      answer: { json: { response_token: "sha256={digest}" } },
    },
  ],
});
