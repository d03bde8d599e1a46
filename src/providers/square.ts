import * as z from "zod";
import { defineProvider } from "../core/define.ts";
import { spellingsOf } from "../core/diagnose/variants.ts";
import { GatewayError } from "../core/errors.ts";
import { parseRfc3339 } from "../kit/rfc3339.ts";
import { type HeaderHmac, signHeaderHmac, verifyHeaderHmac } from "./schemes/header-hmac.ts";
import { digestForm } from "./schemes/hmac.ts";
import { bySignedId, identityOf, own, plainText, typeFrom } from "./schemes/identity.ts";
import { rejected } from "./schemes/verdict.ts";

/** Options of a Square source, beside those of every source. */
type SquareOptions = { readonly notificationUrl?: string };

/** The legacy `x-square-signature` (SHA-1) is never read. */
const scheme: HeaderHmac = {
  header: "x-square-hmacsha256-signature",
  prefix: "",
  form: digestForm("sha256", "base64"),
};

/**
 * Square: a digest of the notification URL, exactly as it was registered, and the body
 * (https://developer.squareup.com/docs/webhooks/step3validate). No instant is signed; the id is.
 */
export const square = defineProvider<SquareOptions>({
  name: "square",
  title: "Square",
  docs: "https://developer.squareup.com/docs/webhooks/step3validate",
  evidence: { kind: "sdk", source: "square@46.0.0" },
  retries: true,
  settings: {
    notificationUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("The URL exactly as registered with Square, where it isn't `publicUrl` and path."),
  },
  scheme: {
    place: { header: "X-Square-HmacSha256-Signature" },
    algorithm: "HMAC SHA-256, base64",
    key: "utf8",
    dated: false,
    coversBody: true,
    signed: "url body",
    id: { json: "event_id" },
    type: [{ json: "type" }],
  },
  marks: () => [scheme.header],
  signsUrl: ({ notificationUrl }) => notificationUrl === undefined,
  alternatives: ({ notificationUrl, ...others }) =>
    notificationUrl === undefined
      ? []
      : [
          { words: "no notificationUrl: publicUrl and the path", options: others },
          ...spellingsOf(notificationUrl).map((url) => ({
            words: `notificationUrl: "${url}"`,
            options: { ...others, notificationUrl: url },
          })),
        ],
  verify: (input) => {
    const url = input.options.notificationUrl ?? input.url;
    if (url === undefined) {
      return rejected("VERIFICATION_FAILED", "no publicUrl and no notificationUrl is set");
    }
    return verifyHeaderHmac(scheme, input, [url, input.request.body]);
  },
  sign: (input) => {
    const url = input.options.notificationUrl ?? input.url;
    if (url === undefined) throw new GatewayError("USAGE", "Square signs its URL: set publicUrl.");
    const signature = signHeaderHmac(scheme, input, [url, input.body]);
    return { headers: { "X-Square-HmacSha256-Signature": signature } };
  },
  identify: ({ payload }) => {
    const event = payload();
    const id = plainText(own(event, "event_id"));
    const occurredAt = parseRfc3339(plainText(own(event, "created_at")) ?? "");
    return identityOf({
      type: typeFrom(own(event, "type")),
      dedupe: bySignedId(id),
      id,
      occurredAt,
    });
  },
});
