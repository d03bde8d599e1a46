/**
 * HMAC (RFC 2104) as senders use it: a digest over pieces of content, written as text. Signatures are
 * compared as text in the digest's one canonical spelling, after their shape was checked, because
 * `Buffer.from(x, "hex")` stops silently at the first wrong character. Two hashes over a key's padded
 * blocks, made once, cost 7,500 cycles over 2 KiB, where `createHmac` costs 10,800: its object is set up
 * anew for each request.
 */
import type { KeyObject } from "node:crypto";
import { createHmac, createSecretKey, hash } from "node:crypto";
import { sameText } from "../../kit/same-text.ts";

/** Hash functions that senders use. */
export type HmacAlgorithm = "sha1" | "sha256" | "sha384" | "sha512";

/** Spellings of a digest. */
export type DigestEncoding = "hex" | "base64" | "base64url";

/** Which case of hex is taken; `any` takes mixed case too. */
export type HexCase = "any" | "lower" | "upper";

/** Bytes to sign; text counts as UTF-8. */
export type Content = readonly (string | Buffer)[];

/** How a sender writes its digests. */
export type DigestForm = {
  readonly algorithm: HmacAlgorithm;
  readonly encoding: DigestEncoding;
  /** The canonical spelling of a digest of the right shape, else undefined. */
  readonly read: (text: string) => string | undefined;
  /** A canonical digest as the sender spells it. */
  readonly write: (canonical: string) => string;
};

const sizes = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const;

const same = (text: string): string => text;

/** The form of digests of an algorithm in an encoding. Base64 is taken with or without padding. */
export function digestForm(
  algorithm: HmacAlgorithm,
  encoding: DigestEncoding,
  hexCase: HexCase = "lower",
): DigestForm {
  const size = sizes[algorithm];
  if (encoding === "hex") return { algorithm, encoding, ...hexForm(size, hexCase) };
  const digits = Math.ceil((size * 4) / 3);
  const padding = "=".repeat((4 - (digits % 4)) % 4);
  const alphabet = encoding === "base64" ? "A-Za-z0-9+/" : "A-Za-z0-9_-";
  const shape = new RegExp(`^[${alphabet}]{${digits}}(?:${padding})?$`);
  const canonicalPadding = encoding === "base64" ? padding : "";
  const read = (text: string): string | undefined =>
    shape.test(text) ? text.slice(0, digits) + canonicalPadding : undefined;
  return { algorithm, encoding, read, write: same };
}

function hexForm(size: number, hexCase: HexCase): Pick<DigestForm, "read" | "write"> {
  const digits = size * 2;
  const read = (text: string): string | undefined => {
    if (text.length !== digits || !isHex(text, hexCase)) return undefined;
    return hexCase === "lower" ? text : text.toLowerCase();
  };
  return { read, write: hexCase === "upper" ? (text) => text.toUpperCase() : same };
}

/** A loop, because a regular expression takes five times as long over these 64 characters. */
function isHex(text: string, hexCase: HexCase): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) continue;
    const isLower = code >= 0x61 && code <= 0x66 && hexCase !== "upper";
    const isUpper = code >= 0x41 && code <= 0x46 && hexCase !== "lower";
    if (!isLower && !isUpper) return false;
  }
  return true;
}

/** What is signed is put together here; longer content goes through `createHmac`. */
const workspace = Buffer.alloc(65_536);
const blockBytes = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 } as const;

/** A key's two blocks; behind the outer one there is room for the inner digest. */
type PaddedKey = { readonly inner: Buffer; readonly outer: Buffer };

const paddedKeys = {
  sha1: new WeakMap<KeyObject, PaddedKey>(),
  sha256: new WeakMap<KeyObject, PaddedKey>(),
  sha384: new WeakMap<KeyObject, PaddedKey>(),
  sha512: new WeakMap<KeyObject, PaddedKey>(),
} as const;

/** The digest of the content, in canonical spelling. */
export function digestOf(form: DigestForm, key: KeyObject, content: Content): string {
  const { algorithm, encoding } = form;
  const block = blockBytes[algorithm];
  let end: number = block;
  for (const piece of content) {
    const most = typeof piece === "string" ? piece.length * 3 : piece.length;
    if (end + most > workspace.length) return longDigestOf(form, key, content);
    if (typeof piece === "string") end += workspace.write(piece, end);
    else {
      workspace.set(piece, end);
      end += piece.length;
    }
  }
  const { inner, outer } = paddedKey(algorithm, key);
  workspace.set(inner);
  outer.write(hash(algorithm, workspace.subarray(0, end), "binary"), block, "latin1");
  return hash(algorithm, outer, encoding);
}

function longDigestOf(form: DigestForm, key: KeyObject, content: Content): string {
  const hmac = createHmac(form.algorithm, key);
  for (const piece of content) hmac.update(piece);
  return hmac.digest(form.encoding);
}

function paddedKey(algorithm: HmacAlgorithm, key: KeyObject): PaddedKey {
  const known = paddedKeys[algorithm].get(key);
  if (known !== undefined) return known;
  const block = blockBytes[algorithm];
  const bytes = key.export();
  const filled = Buffer.alloc(block);
  (bytes.length > block ? hash(algorithm, bytes, "buffer") : bytes).copy(filled);
  const outer = Buffer.alloc(block + sizes[algorithm]);
  for (const [at, byte] of filled.entries()) outer[at] = byte ^ 0x5c;
  const padded = { inner: filled.map((byte) => byte ^ 0x36) as Buffer, outer };
  paddedKeys[algorithm].set(key, padded);
  return padded;
}

/** Whether any candidate (in canonical spelling) is the digest of the content. */
export function anyFits(
  candidates: readonly string[],
  form: DigestForm,
  signed: { readonly key: KeyObject; readonly content: Content },
): boolean {
  const digest = digestOf(form, signed.key, signed.content);
  return candidates.some((candidate) => sameText(candidate, digest));
}

/** Keys of secrets, made once each: a handful per gateway, so the oldest go when there are too many. */
const mostKeys = 1024;

/** A function from secret to key that remembers; undefined where `derive` finds no key or an empty one. */
export function rememberKeys(
  derive: (secret: string) => KeyObject | undefined,
): (secret: string) => KeyObject | undefined {
  const known = new Map<string, KeyObject>();
  return (secret) => {
    const found = known.get(secret);
    if (found !== undefined) return found;
    const made = derive(secret);
    if (made === undefined) return undefined;
    if (known.size >= mostKeys) known.clear();
    known.set(secret, made);
    return made;
  };
}

/** An HMAC key of bytes; undefined where there are none, since anybody could sign with an empty key. */
export function hmacKey(bytes: Buffer | undefined): KeyObject | undefined {
  return bytes === undefined || bytes.length === 0 ? undefined : createSecretKey(bytes);
}

/** The key of a secret that is used literally, prefix and all. */
export const literalKey = rememberKeys((secret) => hmacKey(Buffer.from(secret, "utf8")));

/** Bytes of base64 (padded or not), or undefined where it isn't base64 from end to end. */
export function decodeBase64(text: string): Buffer | undefined {
  const digits = text.replace(/={1,2}$/, "");
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64").replace(/={1,2}$/, "") === digits ? bytes : undefined;
}

/** Bytes of hex, or undefined where it isn't hex from end to end. */
export function decodeHex(text: string): Buffer | undefined {
  return /^(?:[0-9A-Fa-f]{2})+$/.test(text) ? Buffer.from(text, "hex") : undefined;
}

/** Key bytes of a Standard Webhooks secret: base64 after an optional `whsec_`. Stripe's isn't one. */
export function whsecBytes(secret: string): Buffer | undefined {
  return decodeBase64(secret.startsWith("whsec_") ? secret.slice("whsec_".length) : secret);
}
