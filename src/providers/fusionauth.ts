import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** FusionAuth, where a key of the kind HMAC signs; of its other kinds (RSA, EC, EdDSA) none is read here. */
export const fusionauth = declareJwtProvider({
  name: "fusionauth",
  title: "FusionAuth (HMAC key)",
  docs: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
  evidence: {
    kind: "docs",
    source: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
    readOn: "2026-11-21",
    read: "X-FusionAuth-Signature-JWT: a JWT by an EdDSA, EC, RSA or HMAC key, whose claim request_body_sha256 is the body's SHA-256 in base64; nothing dates it",
  },
  token: { header: "X-FusionAuth-Signature-JWT" },
  algorithms: ["HS256", "HS384", "HS512"],
  bodyHash: { claim: "request_body_sha256", encoding: "base64" },
  id: { json: "event.id" },
  type: { json: "event.type" },
  time: { json: "event.createInstant", unit: "ms" },
});
