/**
 * Compact JSON Web Signatures (RFC 7515) as senders use them. The algorithm is the provider's, never the token's:
 * one that names another is refused, so that no public key is ever taken for an HMAC's, and `none` for anything.
 * The signature is judged before the claims are read.
 */
import {
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import type { SecretValue, Verdict, VerifyInput } from "../../core/types.ts";
import { parseJson } from "../../kit/json-path.ts";
import { anyFits, digestForm, digestOf, rememberKeys } from "./hmac.ts";
import { keys } from "./hmac-plan.ts";
import { judgeTimestamp } from "./timestamp.ts";
import { judgeSecrets, type Rejection, rejected } from "./verdict.ts";

/** Algorithms that providers pin. */
export type JwsAlgorithm = HmacJws | PublicJws;

/** Those by a shared secret. */
export type HmacJws = "HS256" | "HS384" | "HS512";

/** Those by a public key. */
export type PublicJws = "RS256" | "ES256" | "EdDSA";

/** A token taken apart; nothing of it is proven yet. */
export type Jws<Algorithm extends JwsAlgorithm = JwsAlgorithm> = {
  /** One of those that the provider takes. */
  readonly algorithm: Algorithm;
  readonly keyId: string | undefined;
  /** Header and claims as they were signed. */
  readonly signed: string;
  readonly signature: string;
  /** The claims; undefined where they are no object. Only to be believed once the signature was judged. */
  readonly claims: () => Readonly<Record<string, unknown>> | undefined;
};

const mostCharacters = 262_144;
const mostKeyId = 256;
/** Seconds that a clock may be off from an end or a beginning that a token names. */
const leewaySeconds = 60;

const hmacForms = {
  HS256: digestForm("sha256", "base64url"),
  HS384: digestForm("sha384", "base64url"),
  HS512: digestForm("sha512", "base64url"),
} as const;
const signatureBytes = { RS256: [256, 384, 512], ES256: [64], EdDSA: [64] } as const;

/** Takes a token apart; undefined where it isn't one of the algorithms. */
export function parseJws<Algorithm extends JwsAlgorithm>(
  text: string,
  ...algorithms: readonly Algorithm[]
): Jws<Algorithm> | undefined {
  if (text.length > mostCharacters) return undefined;
  const parts = text.split(".");
  const [head = "", body = "", signature = ""] = parts;
  if (parts.length !== 3 || !parts.every(isBase64Url)) return undefined;
  const header = objectOf(head);
  const algorithm = algorithms.find((one) => one === header?.["alg"]);
  if (header === undefined || algorithm === undefined || "crit" in header) return undefined;
  if (!isOfLength(signature, algorithm)) return undefined;
  const { kid } = header;
  if (kid !== undefined && !(typeof kid === "string" && kid.length <= mostKeyId)) return undefined;
  return {
    algorithm,
    keyId: kid,
    signed: `${head}.${body}`,
    signature,
    claims: () => objectOf(body),
  };
}

function isBase64Url(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text);
}

function isOfLength(signature: string, algorithm: JwsAlgorithm): boolean {
  if (isHmac(algorithm)) return hmacForms[algorithm].read(signature) !== undefined;
  const bytes = Buffer.from(signature, "base64url");
  const isCanonical = bytes.toString("base64url") === signature;
  return isCanonical && signatureBytes[algorithm].some((length) => length === bytes.length);
}

function isHmac(algorithm: JwsAlgorithm): algorithm is HmacJws {
  return Object.hasOwn(hmacForms, algorithm);
}

function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(Buffer.from(part, "base64url"));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

/** The verdict by HMAC, whose keys are the live secrets. */
export function judgeHmacJws(
  secrets: readonly SecretValue[],
  { algorithm, signed, signature }: Jws<HmacJws>,
): Verdict {
  const form = hmacForms[algorithm];
  const canonical = form.read(signature) ?? "";
  return judgeSecrets(secrets, keys.utf8, (key) =>
    anyFits([canonical], form, { key, content: [signed] }),
  );
}

/** Whether a public key made the signature. */
export function fitsPublicKey(
  { signed, signature }: Jws,
  algorithm: PublicJws,
  key: KeyObject,
): boolean {
  const types = { RS256: "rsa", ES256: "ec", EdDSA: "ed25519" } as const;
  if (key.asymmetricKeyType !== types[algorithm]) return false;
  if (algorithm === "ES256" && key.asymmetricKeyDetails?.namedCurve !== "prime256v1") return false;
  const hash = algorithm === "EdDSA" ? null : "sha256";
  const by = algorithm === "ES256" ? ({ key, dsaEncoding: "ieee-p1363" } as const) : key;
  return verifyBytes(hash, Buffer.from(signed), by, Buffer.from(signature, "base64url"));
}

/** What is wrong with when a token was made (`issued`: held against the tolerance), begins and ends. */
export function judgeTimes(
  claims: Readonly<Record<string, unknown>>,
  input: Pick<VerifyInput, "now" | "toleranceSeconds">,
  issued: boolean,
): Rejection | undefined {
  const { iat, exp, nbf } = claims;
  for (const [name, value] of Object.entries({ exp, nbf })) {
    if (value !== undefined && typeof value !== "number") {
      return rejected("INVALID_FORMAT", `the token's ${name} is no number`);
    }
  }
  const seconds = input.now / 1000;
  if (typeof exp === "number" && seconds > exp + leewaySeconds) {
    return rejected("TIMESTAMP_TOO_OLD", "the token has ended");
  }
  if (typeof nbf === "number" && seconds < nbf - leewaySeconds) {
    return rejected("TIMESTAMP_IN_FUTURE", "the token has not begun");
  }
  return issued ? judgeTimestamp(String(iat ?? ""), "s", input) : undefined;
}

/** A public key of a JWKS (RFC 7517) by its id; undefined where there is none, or none that can be read. */
export function keyOfSet(text: string, keyId: string): KeyObject | undefined {
  return knownKeys(`${keyId}\n${text}`);
}

const knownKeys = rememberKeys((named) => {
  const [keyId = ""] = named.split("\n", 1);
  const set = parseJson(Buffer.from(named.slice(keyId.length + 1), "utf8"));
  const list = (set as { readonly keys?: unknown } | null | undefined)?.keys;
  if (!Array.isArray(list)) return undefined;
  const found: unknown = list.find((key: { readonly kid?: unknown } | null) => key?.kid === keyId);
  return found === undefined ? undefined : keyOfJwk(found);
});

/** A public key of a JWK; undefined where it can't be read. */
export function keyOfJwk(jwk: unknown): KeyObject | undefined {
  if (typeof jwk !== "object" || jwk === null || "d" in jwk) return undefined;
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
  } catch {
    return undefined;
  }
}

/** Makes a token by HS256; undefined where the secret is no key. */
export function makeHmacJws(secret: string, claims: object): string | undefined {
  const key = keys.utf8(secret);
  if (key === undefined) return undefined;
  const signed = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(claims)}`;
  return `${signed}.${digestOf(hmacForms.HS256, key, [signed])}`;
}

/** Makes a token with a private key. */
export function makePublicJws(
  algorithm: PublicJws,
  key: KeyObject,
  { keyId, claims }: { readonly keyId: string; readonly claims: object },
): string {
  const signed = `${encoded({ alg: algorithm, kid: keyId, typ: "JWT" })}.${encoded(claims)}`;
  const by = algorithm === "ES256" ? ({ key, dsaEncoding: "ieee-p1363" } as const) : key;
  const hash = algorithm === "EdDSA" ? null : "sha256";
  return `${signed}.${signBytes(hash, Buffer.from(signed), by).toString("base64url")}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
}
