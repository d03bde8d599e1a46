import { defineProvider } from "../core/define.ts";
import type {
  EventIdentity,
  IdentifyInput,
  RawHeaders,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../core/types.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { formatRfc3339, parseRfc3339 } from "../kit/rfc3339.ts";
import { type HeaderHmac, signHeaderHmac, verifyHeaderHmac } from "./schemes/header-hmac.ts";
import { digestForm } from "./schemes/hmac.ts";
import { byUnsignedId, identityOf, plainText, typeFrom } from "./schemes/identity.ts";
import { rejected } from "./schemes/verdict.ts";

const form = digestForm("sha256", "base64");

/** Webhooks have `X-Shopify-…`, the newer events `Shopify-…`; where both are there, the SDK takes the newer. */
const prefixes = ["shopify-", "x-shopify-"] as const;

/** Shopify: `X-Shopify-Hmac-Sha256` over the body (https://shopify.dev/docs/apps/build/webhooks). */
export const shopify = defineProvider({
  name: "shopify",
  title: "Shopify",
  docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
  evidence: { kind: "sdk", source: "@shopify/shopify-api@15.0.0" },
  retries: true,
  deadlineSeconds: 5,
  scheme: {
    place: { header: "X-Shopify-Hmac-Sha256" },
    algorithm: "HMAC SHA-256, base64",
    key: "utf8",
    dated: false,
    coversBody: true,
    signed: "body",
    id: { header: "X-Shopify-Webhook-Id" },
    type: [{ header: "X-Shopify-Topic" }],
  },
  marks: () => prefixes.map((prefix) => `${prefix}hmac-sha256`),
  verify,
  sign,
  identify,
});

type Prefix = (typeof prefixes)[number];

function schemeOf(prefix: Prefix): HeaderHmac {
  return { header: `${prefix}hmac-sha256`, prefix: "", form };
}

function prefixOf(headers: RawHeaders): Prefix | undefined {
  return prefixes.find((prefix) => headerOf(headers, `${prefix}hmac-sha256`));
}

/**
 * The topic must be there: the same secret signs OAuth cookies, and a cookie with its signature is
 * no webhook. (No signature covers the topic; the header only tells apart what is honestly sent.)
 */
function verify(input: VerifyInput): Verdict {
  const { headers, body } = input.request;
  const prefix = prefixOf(headers);
  if (prefix === undefined) {
    return rejected("MISSING_SIGNATURE", "no X-Shopify-Hmac-Sha256 or Shopify-Hmac-Sha256 header");
  }
  if (!headerOf(headers, `${prefix}topic`)) {
    return rejected("INVALID_FORMAT", `no ${prefix}topic header, which every webhook carries`);
  }
  return verifyHeaderHmac(schemeOf(prefix), input, [body]);
}

function sign(input: SignInput): Signed {
  return {
    headers: {
      "X-Shopify-Topic": input.type,
      "X-Shopify-Hmac-Sha256": signHeaderHmac(schemeOf("x-shopify-"), input, [input.body]),
      "X-Shopify-Shop-Domain": "example.myshopify.com",
      "X-Shopify-API-Version": "2026-10",
      "X-Shopify-Webhook-Id": input.id,
      "X-Shopify-Event-Id": input.id,
      "X-Shopify-Triggered-At": formatRfc3339(input.now),
    },
  };
}

/**
 * The webhook's id is the same on a retry and differs per subscription; the event's id is shared by all
 * subscriptions, so that by it two topics with the same body would count as one, and one be lost.
 */
function identify(input: IdentifyInput): EventIdentity {
  const { headers } = input.request;
  const prefix = prefixOf(headers) ?? "x-shopify-";
  const id = plainText(headerOf(headers, `${prefix}webhook-id`));
  return identityOf({
    type: typeFrom(headerOf(headers, `${prefix}topic`)),
    dedupe: byUnsignedId(id),
    id,
    occurredAt: parseRfc3339(headerOf(headers, `${prefix}triggered-at`) ?? ""),
  });
}
