import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** monday.com. Only what apps made is signed; boards ask for an echo without a token. */
export const monday = declareJwtProvider({
  name: "monday",
  title: "monday.com",
  docs: "https://developer.monday.com/apps/docs/authorization-header",
  evidence: {
    kind: "docs",
    source: "https://developer.monday.com/apps/docs/authorization-header",
    readOn: "2026-11-21",
    read: "Authorization: a JWT alone, signed with the app's signing secret (HS256 in mondaycom/welcome-apps); aud is the app's endpoint, exp its end, iat beside; the body is not among them",
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
