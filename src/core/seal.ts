/**
 * Sealing of small values before they reach a store: AES-256-GCM, with the value's name as associated
 * data, so that a sealed value put in another's place doesn't open. The key's id stands in front: who
 * holds another key sees that at once, and a change of keys can tell old values from new ones.
 *
 * form (1 byte) · key id (8) · nonce (12) · tag (16) · encrypted value
 */
import type { KeyObject } from "node:crypto";
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomBytes,
} from "node:crypto";

const algorithm = "aes-256-gcm";
const form = Buffer.from([1]);
const idBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = form.length + idBytes;

/** Bytes of a key. */
export const sealKeyBytes = 32;

/** A key and what it is known by. */
export type SealKey = { readonly id: Buffer; readonly key: KeyObject };

/** A key of its 32 bytes. Its id is the beginning of a hash, which tells nothing of it. */
export function sealKey(bytes: Buffer): SealKey {
  if (bytes.length !== sealKeyBytes) throw new RangeError(`a key has ${sealKeyBytes} bytes`);
  const id = createHash("sha256").update("surehook seal key\0").update(bytes).digest();
  return { id: id.subarray(0, idBytes), key: createSecretKey(bytes) };
}

/** Seals a value under its name. A nonce must never be used twice with one key. */
export function seal(
  value: Uint8Array,
  name: string,
  { key, nonce = randomBytes(nonceBytes) }: { readonly key: SealKey; readonly nonce?: Buffer },
): Buffer {
  const head = Buffer.concat([form, key.id]);
  const cipher = createCipheriv(algorithm, key.key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.concat([head, Buffer.from(name)]));
  const sealed = [cipher.update(value), cipher.final()];
  return Buffer.concat([head, nonce, cipher.getAuthTag(), ...sealed]);
}

/** A sealed value in the clear; undefined where another key, another name or a change stands between. */
export function unseal(sealed: Buffer, name: string, key: SealKey): Buffer | undefined {
  const head = Buffer.concat([form, key.id]);
  const tagAt = headBytes + nonceBytes;
  const valueAt = tagAt + tagBytes;
  if (sealed.length < valueAt || !sealed.subarray(0, headBytes).equals(head)) return undefined;
  const nonce = sealed.subarray(headBytes, tagAt);
  const decipher = createDecipheriv(algorithm, key.key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.concat([head, Buffer.from(name)]));
  decipher.setAuthTag(sealed.subarray(tagAt, valueAt));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(valueAt)), decipher.final()]);
  } catch {
    return undefined;
  }
}
