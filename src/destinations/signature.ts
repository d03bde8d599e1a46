import type { KeyObject } from "node:crypto";
import { createHmac, createSecretKey } from "node:crypto";

const prefix = "whsec_";
const leastKeyBytes = 24;

/**
 * A signing key from `whsec_` and base64, the prefix optional; undefined where it isn't 24 bytes or
 * more of base64. A `KeyObject`, made once: an HMAC over 2 kB costs 5 µs with it, 28 µs with a Buffer.
 */
export function signingKey(secret: string): KeyObject | undefined {
  const base64 = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  // `Buffer.from` skips what isn't base64, so the alphabet is checked before.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, "base64");
  return bytes.length < leastKeyBytes ? undefined : createSecretKey(bytes);
}

/** What a Standard Webhooks signature covers beside the body. */
export type Signing = { readonly id: string; readonly timestamp: string };

/**
 * The value of `webhook-signature`: one `v1,` signature per key, so that a consumer can change its key
 * without a gap. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeader(
  keys: readonly KeyObject[],
  signing: Signing,
  body: Uint8Array,
): string {
  const head = `${signing.id}.${signing.timestamp}.`;
  return keys
    .map((key) => `v1,${createHmac("sha256", key).update(head).update(body).digest("base64")}`)
    .join(" ");
}
