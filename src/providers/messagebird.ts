import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** MessageBird. Its newer platform, Bird, signs otherwise: `bird`. */
export const messagebird = declareJwtProvider({
  name: "messagebird",
  title: "MessageBird",
  docs: "https://developers.messagebird.com/api/#verifying-http-requests",
  evidence: { kind: "sdk", source: "messagebird@4.0.1" },
  token: { header: "MessageBird-Signature-JWT" },
  algorithms: ["HS256", "HS384", "HS512"],
  claims: { iss: "MessageBird" },
  urlHash: { claim: "url_hash", encoding: "hex" },
  bodyHash: { claim: "payload_hash", encoding: "hex", sparse: true },
  idClaim: "jti",
  dated: "exp",
});
