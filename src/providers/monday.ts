import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** monday.com. Only what apps made is signed; boards ask for an echo without a token. */
export const monday = declareJwtProvider({
  name: "monday",
  title: "monday.com",
  docs: "https://developer.monday.com/apps/docs/integration-authorization",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  notCovered: "the body: who has one token can send any body until it ends",
  token: { header: "Authorization" },
  urlClaim: "aud",
  dated: "exp",
  id: { json: "event.triggerUuid" },
  type: { json: "event.type" },
  time: { json: "event.triggerTime", unit: "rfc3339" },
  handshakes: [
    {
      when: [{ json: "event", absent: true }],
      challenge: { json: "challenge" },
      answer: { json: { challenge: "{challenge}" } },
    },
  ],
});
