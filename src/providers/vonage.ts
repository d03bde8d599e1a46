import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** Vonage. Its SDK takes a token without a look at the body; here the digest in it must fit. */
export const vonage = declareJwtProvider({
  name: "vonage",
  title: "Vonage",
  docs: "https://developer.vonage.com/en/getting-started/concepts/webhooks",
  evidence: { kind: "sdk", source: "@vonage/jwt@1.14.0" },
  token: { header: "Authorization", prefix: "Bearer " },
  bodyHash: { claim: "payload_hash", encoding: "hex" },
  dated: "iat",
  id: { json: "message_uuid" },
  time: { json: "timestamp", unit: "rfc3339" },
});
