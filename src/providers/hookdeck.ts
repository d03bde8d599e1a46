import { declareProvider } from "./schemes/declared.ts";

/** Hookdeck Event Gateway. */
export const hookdeck = declareProvider({
  name: "hookdeck",
  title: "Hookdeck Event Gateway",
  docs: "https://hookdeck.com/docs/authentication",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/hookdeck/webhook-skills/blob/main/skills/hookdeck-event-gateway-webhooks/SKILL.md",
    readOn: "2026-11-21",
    read: "x-hookdeck-signature: HMAC-SHA256 in base64 over the body",
  },
  signature: { header: "x-hookdeck-signature", encoding: "base64" },
});
