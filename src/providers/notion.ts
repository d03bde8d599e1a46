import { declareProvider } from "./schemes/declared.ts";
import { type LearnOptions, learnSettings } from "./schemes/handshakes.ts";

/** Notion. */
export const notion = declareProvider<LearnOptions>({
  name: "notion",
  title: "Notion",
  docs: "https://developers.notion.com/reference/webhooks",
  evidence: { kind: "sdk", source: "@notionhq/client@5.26.0" },
  signature: { header: "X-Notion-Signature", prefix: "sha256=" },
  id: { json: "id" },
  time: { json: "timestamp", unit: "rfc3339" },
  handshakes: [
    {
      challenge: { json: "verification_token" },
      form: /^secret_[A-Za-z0-9]{16,256}$/,
      learn: true,
      answer: {},
    },
  ],
  settings: learnSettings,
});
