import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** Upstash QStash. Its two signing keys, the current and the next, are both secrets of the source. */
export const qstash = declareJwtProvider({
  name: "qstash",
  title: "Upstash QStash",
  docs: "https://upstash.com/docs/qstash/howto/signature",
  evidence: { kind: "sdk", source: "@upstash/qstash@2.12.0" },
  retries: true,
  token: { header: "Upstash-Signature" },
  bodyHash: { claim: "body", encoding: "base64url" },
  claims: { iss: "Upstash" },
  urlClaim: "sub",
  dated: "exp",
  id: { header: "Upstash-Message-Id" },
});
