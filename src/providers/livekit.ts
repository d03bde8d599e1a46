import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** Options of `livekit` beside those of every source; its secrets are API secrets. */
export type LivekitOptions = {
  /** The API key of the secrets: samples name it, as LiveKit's own receivers want it, and tokens of another are refused. */
  readonly apiKey?: string;
};

/** LiveKit. */
export const livekit = declareJwtProvider<LivekitOptions>({
  name: "livekit",
  title: "LiveKit",
  docs: "https://docs.livekit.io/home/server/webhooks/",
  evidence: { kind: "sdk", source: "livekit-server-sdk@2.19.2" },
  settings: {
    apiKey: {
      kind: "text",
      optional: true,
      words: "The API key of the secrets: samples name it, and tokens of another are refused.",
    },
  },
  token: { header: "Authorization" },
  bodyHash: { claim: "sha256", encoding: "base64" },
  optionClaims: { iss: "apiKey" },
  dated: "exp",
  id: { json: "id" },
  type: { json: "event" },
  time: { json: "createdAt" },
});
