import { defineProvider } from "../core/define.ts";
import type { EventIdentity, IdentifyInput } from "../core/types.ts";
import { parseRfc3339 } from "../kit/rfc3339.ts";
import { bySignedId, identityOf, own, plainText, typeFrom } from "./schemes/identity.ts";
import type { TimestampedHmac } from "./schemes/timestamped-hmac.ts";
import { signTimestampedHmac, verifyTimestampedHmac } from "./schemes/timestamped-hmac.ts";

/** `v0` is a test scheme without meaning; the secret is used literally, `whsec_` and all. */
const scheme: TimestampedHmac = {
  header: "stripe-signature",
  separator: ",",
  timestampKey: "t",
  signatureKey: "v1",
  joint: ".",
};

/** Stripe: `Stripe-Signature: t=…,v1=…` (https://docs.stripe.com/webhooks#verify-manually). */
export const stripe = defineProvider({
  name: "stripe",
  title: "Stripe",
  docs: "https://docs.stripe.com/webhooks",
  addresses: "https://docs.stripe.com/ips",
  evidence: { kind: "sdk", source: "stripe@23.1.0" },
  retries: true,
  scheme: {
    place: { header: "Stripe-Signature" },
    algorithm: "HMAC SHA-256, hex",
    key: "utf8",
    dated: true,
    coversBody: true,
    signed: 'timestamp "." body',
    id: { json: "id" },
    type: [{ json: "type" }],
  },
  marks: () => [scheme.header],
  verify: (input) => verifyTimestampedHmac(scheme, input),
  sign: (input) => ({ headers: { "Stripe-Signature": signTimestampedHmac(scheme, input) } }),
  identify,
});

/** An event is an object with an `id` of its own; `created` is in seconds, in v2 events RFC 3339. */
function identify(input: IdentifyInput): EventIdentity {
  const payload = input.payload();
  const id = plainText(own(payload, "id"));
  const created = own(payload, "created");
  const occurredAt =
    typeof created === "number" ? created * 1000 : parseRfc3339(plainText(created) ?? "");
  return identityOf({
    type: typeFrom(own(payload, "type")),
    dedupe: bySignedId(id),
    id,
    occurredAt,
  });
}
