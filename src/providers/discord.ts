import { declareProvider } from "./schemes/declared.ts";

/** Discord. */
export const discord = declareProvider({
  name: "discord",
  title: "Discord",
  docs: "https://docs.discord.com/developers/interactions/overview",
  evidence: { kind: "sdk", source: "discord-interactions@4.4.0" },
  deadlineSeconds: 3,
  retries: true,
  signature: { header: "X-Signature-Ed25519", algorithm: "ed25519", encoding: "hex" },
  content: ["timestamp", "body"],
  timestamp: { header: "X-Signature-Timestamp" },
  id: { json: "id" },
  type: { json: "event.type" },
  time: { json: "event.timestamp", unit: "rfc3339" },
  handshakes: [
    {
      signed: true,
      when: [
        { json: "type", is: "1" },
        { json: "event", absent: true },
      ],
      answer: { json: { type: 1 } },
    },
    {
      signed: true,
      when: [
        { json: "type", is: "0" },
        { json: "event", absent: true },
      ],
      answer: { status: 204, headers: { "content-type": "application/json" } },
    },
  ],
});
