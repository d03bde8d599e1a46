import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { KeyAsk, SecretRef, Signed, SignInput, Verdict, VerifyInput } from "../core/types.ts";
import { parseJson, textAt } from "../kit/json-path.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { environmentSetting } from "./schemes/environment.ts";
import type { HandshakeShape } from "./schemes/handshake-shape.ts";
import { greeting, handshakeMarks } from "./schemes/handshakes.ts";
import { decodeBase64, rememberKeys } from "./schemes/hmac.ts";
import { own } from "./schemes/identity.ts";
import { identifyBy } from "./schemes/telling.ts";
import { rejected } from "./schemes/verdict.ts";

/** Options of `ebay` beside those of every source; its secret is the verification token. */
export type EbayOptions = {
  /** The application's id and secret, by which eBay's keys are asked for. */
  readonly clientId: SecretRef;
  readonly clientSecret: SecretRef;
  /** Default `production`. */
  readonly environment?: "production" | "sandbox";
};

const header = "x-ebay-signature";
const handshakes: readonly HandshakeShape[] = [
  {
    method: "GET",
    challenge: { query: "challenge_code" },
    form: /^[\w-]{1,256}$/,
    hash: true,
    answer: { json: { challengeResponse: "{digest}" } },
  },
];

/** eBay: ECDSA over the body, by a key that is asked for by its id. SHA-1 is eBay's choice; a second body of the same hash would have to be made by eBay itself. */
export const ebay = defineProvider<EbayOptions>({
  name: "ebay",
  title: "eBay",
  docs: "https://developer.ebay.com/marketplace-account-deletion",
  evidence: { kind: "vector", source: "eBay/event-notification-nodejs-sdk test/test.json" },
  notCovered: "whose it is: eBay's keys sign for each application",
  settings: {
    clientId: {
      kind: "secret",
      words: "The application's id, by which eBay's keys are asked for.",
    },
    clientSecret: { kind: "secret", words: "The application's secret." },
    environment: environmentSetting,
  },
  scheme: {
    place: { header: "X-EBAY-SIGNATURE" },
    algorithm: "ECDSA P-256 SHA-1, base64",
    key: "p256",
    dated: false,
    coversBody: true,
    id: { json: "notification.notificationId" },
    type: [{ json: "metadata.topic" }],
  },
  ...greeting(handshakes),
  marks: () => [header, ...handshakeMarks(handshakes)],
  signsUrl: () => true,
  material: asks,
  verify,
  sign,
  identify: (input) =>
    identifyBy(
      {
        id: { json: "notification.notificationId" },
        type: { json: "metadata.topic" },
        time: { json: "notification.publishDate", unit: "rfc3339" },
      },
      input,
      { content: ["body"], coversBody: true },
    ),
});

type Claim = { readonly keyId: string; readonly signature: Buffer };

function claimOf({ request }: Pick<VerifyInput, "request">): Claim | undefined {
  const bytes = decodeBase64(headerOf(request.headers, header) ?? "");
  const said = bytes && parseJson(bytes);
  const keyId = textAt(said, "kid") ?? "";
  const signature = decodeBase64(textAt(said, "signature") ?? "");
  if (!/^[\w-]{1,128}$/.test(keyId) || signature === undefined) return undefined;
  return signature.length > 8 && signature.length <= 144 ? { keyId, signature } : undefined;
}

function asks(input: VerifyInput<EbayOptions>): readonly KeyAsk[] {
  const claim = claimOf(input);
  if (claim === undefined) return [];
  const { clientId, clientSecret, environment } = input.options;
  const host = environment === "sandbox" ? "api.sandbox.ebay.com" : "api.ebay.com";
  const url = `https://${host}/commerce/notification/v1/public_key/${claim.keyId}`;
  const token = {
    url: `https://${host}/identity/v1/oauth2/token`,
    clientId,
    clientSecret,
    scope: "https://api.ebay.com/oauth/api_scope",
  };
  return [{ kind: "key", name: nameOf(input.options, claim.keyId), url, token }];
}

function nameOf({ environment = "production" }: EbayOptions, keyId: string): string {
  return `ebay ${environment} ${keyId}`;
}

function verify(input: VerifyInput<EbayOptions>): Verdict {
  const { request, secrets, options, material } = input;
  if (!headerOf(request.headers, header))
    return rejected("MISSING_SIGNATURE", `no ${header} header`);
  const claim = claimOf(input);
  if (claim === undefined) {
    return rejected("INVALID_FORMAT", `${header} is not base64 of JSON with kid and signature`);
  }
  const text = material?.found.get(nameOf(options, claim.keyId)) ?? "";
  const said = own(parseJson(Buffer.from(text, "utf8")), "key");
  const key = typeof said === "string" ? keyOf(said) : undefined;
  const [secret] = secrets;
  const fits =
    key !== undefined &&
    secret !== undefined &&
    verifyBytes("sha1", request.body, key, claim.signature);
  return fits
    ? { kind: "verified", secret: secret.name }
    : rejected("INVALID_SIGNATURE", "eBay's key did not sign this body");
}

/** eBay writes its PEM on one line. */
const keyOf = rememberKeys(publicKeyOf);

function publicKeyOf(text: string): KeyObject | undefined {
  const base64 = text.replaceAll(/-----(?:BEGIN|END) PUBLIC KEY-----|\s/g, "");
  try {
    const key = createPublicKey({
      key: Buffer.from(base64, "base64"),
      format: "der",
      type: "spki",
    });
    return key.asymmetricKeyType === "ec" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The secret is a private key (PEM) that stands in for eBay's. */
function sign({ secret, body }: SignInput<EbayOptions>): Signed {
  if (!secret.includes("-----BEGIN")) {
    throw new GatewayError("USAGE", "Only eBay can sign: nothing can be sent as eBay.");
  }
  const signature = signBytes("sha1", body, createPrivateKey(secret)).toString("base64");
  const said = { alg: "ecdsa", kid: "sample", signature, digest: "SHA1" };
  return { headers: { "X-EBAY-SIGNATURE": Buffer.from(JSON.stringify(said)).toString("base64") } };
}
