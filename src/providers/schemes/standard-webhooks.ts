/**
 * Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, spec 1.0.0): a signature
 * over `<id>.<timestamp>.<body>` in a list of `v1,<base64>` (HMAC-SHA256, secret `whsec_<base64>`) and
 * `v1a,<base64>` (ed25519, keys `whpk_` and `whsk_`), separated by spaces. The form of a secret decides
 * which tag it judges. An id with a full stop is the sender's to avoid, as the spec says.
 */
import type { KeyObject } from "node:crypto";
import {
  createPrivateKey,
  createPublicKey,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { GatewayError } from "../../core/errors.ts";
import type {
  EventIdentity,
  IdentifyInput,
  RawHeaders,
  SchemeFacts,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../../core/types.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import { parseRfc3339 } from "../../kit/rfc3339.ts";
import {
  anyFits,
  decodeBase64,
  digestForm,
  digestOf,
  hmacKey,
  rememberKeys,
  whsecBytes,
} from "./hmac.ts";
import { keys } from "./hmac-plan.ts";
import { bySignedId, identityOf, own, plainText, typeFrom } from "./identity.ts";
import { formatTimestamp, judgeTimestamp, parseTimestamp } from "./timestamp.ts";
import { judgeSecrets, rejected } from "./verdict.ts";

/** What the three headers' names begin with, such as `webhook` or `svix`. */
export type HeaderPrefix = "webhook" | "svix";

const form = digestForm("sha256", "base64");

/** ed25519 is 20 times as dear as HMAC: a forger's long list must not cost more than a few. */
const mostEd25519 = 8;

const ed25519SpkiHead = Buffer.from("302a300506032b6570032100", "hex");
const ed25519Pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

type Metadata = {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string;
};

/** The three headers of the first prefix whose signature is there; `verify` and `identify` read the same. */
function metadataOf(headers: RawHeaders, prefixes: readonly HeaderPrefix[]): Metadata | undefined {
  for (const prefix of prefixes) {
    const signature = headerOf(headers, `${prefix}-signature`);
    if (signature !== undefined && signature !== "") {
      const id = headerOf(headers, `${prefix}-id`);
      return { id, timestamp: headerOf(headers, `${prefix}-timestamp`), signature };
    }
  }
  return undefined;
}

/** The scheme as documentation shows it. */
export function standardWebhooksFacts(prefix: HeaderPrefix): SchemeFacts {
  return {
    place: { header: `${prefix}-signature` },
    algorithm: "HMAC SHA-256, base64",
    key: "whsec",
    dated: true,
    coversBody: true,
    signed: `${prefix}-id "." timestamp "." body`,
    id: { header: `${prefix}-id` },
    type: [{ json: "type" }],
  };
}

/** Headers that mark a request of this scheme. */
export function standardWebhooksMarks(prefixes: readonly HeaderPrefix[]): readonly string[] {
  return prefixes.map((prefix) => `${prefix}-signature`);
}

/** Judges a request by any tag of the list and any live secret. */
export function verifyStandardWebhooks(
  prefixes: readonly HeaderPrefix[],
  input: VerifyInput,
): Verdict {
  const metadata = metadataOf(input.request.headers, prefixes);
  if (metadata === undefined) {
    return rejected("MISSING_SIGNATURE", `no ${prefixes[0]}-signature header`);
  }
  const { id, timestamp, signature } = metadata;
  if (!id || !timestamp) return rejected("INVALID_FORMAT", "no id or timestamp header beside it");
  const signatures = parseList(signature);
  if (signatures.v1.length === 0 && signatures.v1a.length === 0) {
    return rejected("INVALID_FORMAT", "no v1 or v1a signature of the right shape in the list");
  }
  const outside = judgeTimestamp(timestamp, "s", input);
  if (outside) return outside;
  const content = [`${id}.${timestamp}.`, input.request.body] as const;
  const keyFor = input.keyForm === undefined ? keyOf : keys[input.keyForm];
  return judgeSecrets(input.secrets, keyFor, (key) =>
    key.type === "secret"
      ? signatures.v1.length > 0 && anyFits(signatures.v1, form, { key, content })
      : signatures.v1a.length > 0 && fitsEd25519(key, signatures.v1a, joined(content)),
  );
}

/** The three headers for a body, signed by `whsec_<base64>` (v1) or `whsk_<base64>` (v1a). */
export function signStandardWebhooks(
  prefix: HeaderPrefix,
  input: Pick<SignInput, "body" | "secret" | "now" | "id">,
): Signed {
  const timestamp = formatTimestamp(input.now, "s");
  const content = [`${input.id}.${timestamp}.`, input.body] as const;
  return {
    headers: {
      [`${prefix}-id`]: input.id,
      [`${prefix}-timestamp`]: timestamp,
      [`${prefix}-signature`]: signature(input.secret, content),
    },
  };
}

/**
 * Names an event: the signed id recognises repeats; the type is the body's; it happened at the body's
 * `timestamp`, or at the header's, which is the attempt's.
 */
export function identifyStandardWebhooks(
  prefixes: readonly HeaderPrefix[],
  input: IdentifyInput,
): EventIdentity {
  const metadata = metadataOf(input.request.headers, prefixes);
  const payload = input.payload();
  const id = plainText(metadata?.id);
  const stated = parseRfc3339(plainText(own(payload, "timestamp")) ?? "");
  return identityOf({
    type: typeFrom(own(payload, "type")),
    dedupe: bySignedId(id),
    id,
    occurredAt: stated ?? parseTimestamp(metadata?.timestamp ?? "", "s"),
  });
}

type Signatures = { readonly v1: readonly string[]; readonly v1a: readonly Buffer[] };

/** Signatures of the known tags that have the right shape; other tags are ignored, as the spec asks. */
function parseList(list: string): Signatures {
  const v1: string[] = [];
  const v1a: Buffer[] = [];
  for (const entry of list.split(" ")) {
    const comma = entry.indexOf(",");
    const tag = entry.slice(0, Math.max(comma, 0));
    if (tag === "v1") {
      const digest = form.read(entry.slice(comma + 1));
      if (digest !== undefined) v1.push(digest);
    } else if (tag === "v1a" && v1a.length < mostEd25519) {
      const bytes = decodeBase64(entry.slice(comma + 1));
      if (bytes?.length === 64) v1a.push(bytes);
    }
  }
  return { v1, v1a };
}

function joined(content: readonly [string, Buffer]): Buffer {
  return Buffer.concat([Buffer.from(content[0], "utf8"), content[1]]);
}

function fitsEd25519(key: KeyObject, candidates: readonly Buffer[], content: Buffer): boolean {
  return candidates.some((candidate) => verifyBytes(null, content, key, candidate));
}

function signature(secret: string, content: readonly [string, Buffer]): string {
  if (secret.startsWith("whsk_")) {
    const key = privateKey(secret);
    if (key) return `v1a,${signBytes(null, joined(content), key).toString("base64")}`;
  } else if (!secret.startsWith("whpk_")) {
    const key = keyOf(secret);
    if (key) return `v1,${digestOf(form, key, content)}`;
  }
  throw new GatewayError("USAGE", "Only a whsec_<base64> or whsk_<base64> secret can sign.");
}

/** The key that a secret verifies with: its form says which scheme it is of. */
const keyOf = rememberKeys((secret) => {
  if (secret.startsWith("whpk_")) return publicKey(secret);
  if (secret.startsWith("whsk_")) {
    const key = privateKey(secret);
    return key && createPublicKey(key);
  }
  return hmacKey(whsecBytes(secret));
});

function publicKey(secret: string): KeyObject | undefined {
  const bytes = decodeBase64(secret.slice("whpk_".length));
  if (bytes?.length !== 32) return undefined;
  const der = Buffer.concat([ed25519SpkiHead, bytes]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

/** A seed of 32 bytes, or the seed and its public key (64), which is how Svix writes it. */
function privateKey(secret: string): KeyObject | undefined {
  const bytes = decodeBase64(secret.slice("whsk_".length));
  if (bytes?.length !== 32 && bytes?.length !== 64) return undefined;
  const der = Buffer.concat([ed25519Pkcs8Head, bytes.subarray(0, 32)]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}
