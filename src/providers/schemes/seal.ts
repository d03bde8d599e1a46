/** How a content is sealed: by HMAC, by a plain hash with the secret beside it, or by a public key. */
import type { KeyObject } from "node:crypto";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { GatewayError } from "../../core/errors.ts";
import type { SchemeFacts, Verdict, VerifyInput } from "../../core/types.ts";
import { sameText } from "../../kit/same-text.ts";
import {
  anyFits,
  type Content,
  type DigestEncoding,
  decodeBase64,
  decodeHex,
  digestForm,
  digestOf,
  type HexCase,
  type HmacAlgorithm,
  rememberKeys,
} from "./hmac.ts";
import { keys } from "./hmac-plan.ts";
import { judgeSecrets } from "./verdict.ts";

/** A sender's way of sealing, as data. */
export type SealData = {
  /** Default `hmac-sha256`; `hash-…` is a plain hash, with the secret before or behind the content. */
  readonly algorithm?:
    | `hmac-${HmacAlgorithm}`
    | `hash-${"sha1" | "sha256"}`
    | "ed25519"
    | "ecdsa-p256-sha256"
    | "rsa-sha256";
  /** Default `hex`. */
  readonly encoding?: DigestEncoding;
  /** Which case of hex is taken; default `any`. */
  readonly hexCase?: HexCase;
  /** How a secret becomes an HMAC key; default `utf8`. */
  readonly key?: Exclude<keyof typeof keys, "sha1">;
  /** Of a plain hash: where the secret stands. */
  readonly secret?: "before" | "behind";
};

/** A seal made ready. */
export type Seal = {
  readonly algorithm: string;
  readonly key: SchemeFacts["key"];
  /** A signature in canonical spelling, undefined where it has not the form of one. */
  readonly read: (text: string) => string | undefined;
  readonly judge: (
    by: Pick<VerifyInput, "secrets" | "keyForm">,
    signatures: readonly string[],
    content: Content,
  ) => Verdict;
  /** The signature as the sender spells it. Throws USAGE where the secret can't sign. */
  readonly make: (secret: string, content: Content) => string;
};

/** The seal that the data describes. */
export function sealOf(data: SealData): Seal {
  const { algorithm = "hmac-sha256" } = data;
  if (algorithm === "ed25519") return publicSeal("ed25519", data);
  if (algorithm === "ecdsa-p256-sha256") return publicSeal("p256", data);
  if (algorithm === "rsa-sha256") return publicSeal("rsa", data);
  const [kind, hash] = algorithm.split("-") as [string, HmacAlgorithm];
  return kind === "hash" ? hashSeal(hash, data) : hmacSeal(hash, data);
}

function words(kind: string, hash: string, encoding: string): string {
  return `${kind}${hash.toUpperCase().replace("SHA", "SHA-")}, ${encoding}`;
}

function hmacSeal(hash: HmacAlgorithm, data: SealData): Seal {
  const { encoding = "hex", hexCase = "any", key: keyForm = "utf8" } = data;
  const form = digestForm(hash, encoding, hexCase);
  const keyOf = keys[keyForm];
  return {
    algorithm: words("HMAC ", hash, encoding),
    key: keyForm,
    read: form.read,
    judge: ({ secrets, keyForm: other }, signatures, content) =>
      judgeSecrets(secrets, other === undefined ? keyOf : keys[other], (key) =>
        anyFits(signatures, form, { key, content }),
      ),
    make: (secret, content) => {
      const key = keyOf(secret);
      if (key === undefined) {
        throw new GatewayError(
          "USAGE",
          `The secret is empty, or not a key of the form ${keyForm}.`,
        );
      }
      return form.write(digestOf(form, key, content));
    },
  };
}

/** Open to an extension of the content where the secret stands before it; some senders do that all the same. */
function hashSeal(hash: HmacAlgorithm, data: SealData): Seal {
  const { encoding = "hex", hexCase = "any", secret: side = "before" } = data;
  const form = digestForm(hash, encoding, hexCase);
  const digest = (secret: string, content: Content): string => {
    const hashing = createHash(hash);
    if (side === "before") hashing.update(secret);
    for (const piece of content) hashing.update(piece);
    if (side === "behind") hashing.update(secret);
    return hashing.digest(encoding);
  };
  return {
    algorithm: words("plain ", hash, encoding),
    key: "utf8",
    read: form.read,
    judge: ({ secrets }, signatures, content) =>
      judgeSecrets(secrets, notEmpty, (secret) => {
        const made = digest(secret, content);
        return signatures.some((signature) => sameText(signature, made));
      }),
    make: (secret, content) => {
      if (secret === "") throw new GatewayError("USAGE", "The secret is empty: give one.");
      return form.write(digest(secret, content));
    },
  };
}

/** The secret itself; undefined where it is empty. */
export function notEmpty(secret: string): string | undefined {
  return secret === "" ? undefined : secret;
}

type PublicKind = "ed25519" | "p256" | "rsa";

/** Public keys are dear: a forger's long list must not cost more than a few. */
const mostTries = 4;

function publicSeal(kind: PublicKind, { encoding = "base64" }: SealData): Seal {
  const keyOf = publicKeys[kind];
  const hash = kind === "ed25519" ? null : "sha256";
  const names = { ed25519: "Ed25519", p256: "ECDSA P-256 SHA-256", rsa: "RSA PKCS#1 SHA-256" };
  const bytesOf = (text: string) => (encoding === "hex" ? decodeHex(text) : decodeBase64(text));
  return {
    algorithm: `${names[kind]}, ${encoding}`,
    key: kind,
    read: (text) => {
      const bytes = bytesOf(text);
      return bytes && fitsForm(kind, bytes) ? bytes.toString("base64") : undefined;
    },
    judge: ({ secrets }, signatures, content) => {
      const signed = joined(content);
      return judgeSecrets(secrets, keyOf, (key) =>
        signatures
          .slice(0, mostTries)
          .some((text) => verifyBytes(hash, signed, key, Buffer.from(text, "base64"))),
      );
    },
    make: (secret, content) => {
      if (!isPrivate(secret)) {
        throw new GatewayError(
          "USAGE",
          "The secret is a public key, which only verifies. To try things out, set it to a private key (PEM, PKCS #8): that stands for both.",
        );
      }
      return signBytes(hash, joined(content), createPrivateKey(secret)).toString(encoding);
    },
  };
}

function joined(content: Content): Buffer {
  return Buffer.concat(
    content.map((piece) => (typeof piece === "string" ? Buffer.from(piece, "utf8") : piece)),
  );
}

function fitsForm(kind: PublicKind, bytes: Buffer): boolean {
  if (kind === "ed25519") return bytes.length === 64;
  return kind === "rsa" ? [256, 384, 512].includes(bytes.length) : isDer(bytes);
}

/** Whether the bytes are `SEQUENCE { INTEGER, INTEGER }` to the last one (DER, X.690). */
function isDer(bytes: Buffer): boolean {
  const length = bytes[3] ?? 0;
  const second = 4 + length;
  return (
    bytes[0] === 0x30 &&
    bytes[1] === bytes.length - 2 &&
    bytes[2] === 0x02 &&
    bytes[second] === 0x02 &&
    second + 2 + (bytes[second + 1] ?? 0) === bytes.length
  );
}

const ed25519Head = Buffer.from("302a300506032b6570032100", "hex");

/**
 * A public key as senders show it: PEM, base64 of its DER (SPKI), or the 32 bytes of Ed25519 in hex or
 * base64. A private key in PEM stands for its public one, so that the same secret signs when one tries out.
 */
const publicKeys = {
  ed25519: rememberKeys((secret) => publicKey(secret, "ed25519")),
  p256: rememberKeys((secret) => publicKey(secret, "ec")),
  rsa: rememberKeys((secret) => publicKey(secret, "rsa")),
} as const;

function publicKey(secret: string, type: string): KeyObject | undefined {
  try {
    const key = secret.includes("-----BEGIN") ? createPublicKey(secret) : keyOfBytes(secret);
    return key?.asymmetricKeyType === type ? key : undefined;
  } catch {
    return undefined;
  }
}

function keyOfBytes(secret: string): KeyObject | undefined {
  const text = secret.trim();
  const bytes = text.length === 64 ? decodeHex(text) : decodeBase64(text);
  if (bytes === undefined || bytes.length === 0) return undefined;
  const der = bytes.length === 32 ? Buffer.concat([ed25519Head, bytes]) : bytes;
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

function isPrivate(secret: string): boolean {
  return /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(secret);
}
