import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Telegram Bot API. */
export const telegram = declareTokenProvider({
  name: "telegram",
  title: "Telegram Bot API",
  docs: "https://core.telegram.org/bots/api#setwebhook",
  evidence: {
    kind: "docs",
    source: "https://github.com/tdlib/telegram-bot-api (WebhookActor.cpp)",
    readOn: "2026-11-20",
    read: "X-Telegram-Bot-Api-Secret-Token: the token given to setWebhook",
  },
  retries: true,
  token: { header: "X-Telegram-Bot-Api-Secret-Token" },
  id: { json: "update_id" },
});
