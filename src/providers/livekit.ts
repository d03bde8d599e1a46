import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** LiveKit. */
export const livekit = declareJwtProvider({
  name: "livekit",
  title: "LiveKit",
  docs: "https://docs.livekit.io/home/server/webhooks/",
  evidence: { kind: "sdk", source: "livekit-server-sdk@2.19.2" },
  token: { header: "Authorization" },
  bodyHash: { claim: "sha256", encoding: "base64" },
  dated: "exp",
  id: { json: "id" },
  type: { json: "event" },
  time: { json: "createdAt" },
});
