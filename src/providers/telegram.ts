import { defineProvider, type ProviderFunction } from "../core/define.ts";
import { textAt } from "../kit/json-path.ts";
import { declareTokenProvider } from "./schemes/declared-token.ts";
import { byUnsignedId, identityOf, plainText, typeFrom } from "./schemes/identity.ts";

const id = "update_id";

/** Telegram Bot API. An update's type is the name of the field beside its id. */
export const telegram = withKinds(
  declareTokenProvider({
    name: "telegram",
    title: "Telegram Bot API",
    docs: "https://core.telegram.org/bots/api#setwebhook",
    addresses: "https://core.telegram.org/resources/cidr.txt",
    evidence: {
      kind: "docs",
      source: "https://github.com/tdlib/telegram-bot-api (WebhookActor.cpp)",
      readOn: "2026-11-20",
      read: "X-Telegram-Bot-Api-Secret-Token: the token given to setWebhook",
    },
    retries: true,
    token: { header: "X-Telegram-Bot-Api-Secret-Token" },
    id: { json: id },
  }),
);

/* @__NO_SIDE_EFFECTS__ */
function withKinds(declared: ProviderFunction<object>): ProviderFunction<object> {
  const { scheme } = declared;
  return defineProvider({
    ...declared,
    ...(scheme === undefined ? {} : { scheme: { ...scheme, type: [] } }),
    identify: ({ payload }) => {
      const update = payload();
      const known = plainText(textAt(update, id));
      const dedupe = byUnsignedId(known);
      return identityOf({ type: kindOf(update), dedupe, id: known, occurredAt: undefined });
    },
  });
}

function kindOf(update: unknown): string {
  if (typeof update !== "object" || update === null || Array.isArray(update)) return "unknown";
  return typeFrom(Object.keys(update).find((name) => name !== id));
}
