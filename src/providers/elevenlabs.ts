import { declareProvider } from "./schemes/declared.ts";

/** ElevenLabs. */
export const elevenlabs = declareProvider({
  name: "elevenlabs",
  title: "ElevenLabs",
  docs: "https://elevenlabs.io/docs/overview/administration/webhooks",
  evidence: { kind: "sdk", source: "@elevenlabs/elevenlabs-js@2.73.0" },
  toleranceSeconds: 1800,
  signature: { header: "ElevenLabs-Signature", prefix: "v0=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
  time: { json: "event_timestamp" },
});
