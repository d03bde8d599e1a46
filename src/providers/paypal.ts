/**
 * PayPal signs with the key of a certificate that each request names, so the name is judged before
 * anything is fetched. What is signed is `<transmission id>|<time>|<webhook id>|<CRC32 of the body>`:
 * the webhook's id is what binds a request to us, and stands where others have a secret. A CRC32 is no
 * hash: who holds one signed request can make other bodies for it, so nobody else may see its headers.
 */
import type { KeyObject } from "node:crypto";
import { createPrivateKey, sign as signBytes, verify as verifyBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import * as z from "zod";
import { type Conflict, defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import { secretRef } from "../core/secret-ref.ts";
import type {
  EventIdentity,
  IdentifyInput,
  KeyAsk,
  SecretRef,
  SecretValue,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { formatRfc3339, parseRfc3339 } from "../kit/rfc3339.ts";
import { keyOfChain } from "./schemes/certificate-chain.ts";
import { decodeBase64 } from "./schemes/hmac.ts";
import { bySignedId, identityOf, own, plainText, typeFrom } from "./schemes/identity.ts";
import { judgeTimestamp } from "./schemes/timestamp.ts";
import { type Rejection, rejected } from "./schemes/verdict.ts";

/** Options of a PayPal source, beside those of every source. */
export type PaypalOptions = {
  /** `certificate` (the default): by PayPal's certificate. `postback`: PayPal is asked about each request. */
  readonly verify?: "certificate" | "postback";
  /** Of the application whose webhook it is; for the postback. */
  readonly clientId?: SecretRef;
  readonly clientSecret?: SecretRef;
  /** Where the postback goes (default `live`). */
  readonly environment?: "live" | "sandbox";
};

const settings = {
  verify: z
    .enum(["certificate", "postback"])
    .optional()
    .describe(
      "`certificate` (default): by PayPal's certificate. `postback`: PayPal is asked about each request.",
    ),
  clientId: secretRef.optional().describe("The application's client id, for the postback."),
  clientSecret: secretRef.optional().describe("Its secret, for the postback."),
  environment: z
    .enum(["live", "sandbox"])
    .optional()
    .describe("Where the postback goes (default `live`)."),
};

const prefix = "paypal-";
const host = ".paypal.com";
const algorithm = "SHA256withRSA";

/** The whole of it: no user name, port, dot segment, query or fragment can stand anywhere. */
const certificateUrl =
  /^https:\/\/api(?:\.sandbox)?\.paypal\.com\/v1\/notifications\/certs\/[A-Za-z0-9_-]{1,128}$/;

/** Bytes of signatures by RSA keys of 2048, 3072 and 4096 bits. */
const signatureBytes: ReadonlySet<number> = new Set([256, 384, 512]);

const postbackHosts = { live: "api-m.paypal.com", sandbox: "api-m.sandbox.paypal.com" } as const;

/**
 * PayPal: by certificate or postback. The source's secrets are the webhooks' ids; events of PayPal's
 * simulator are bound to the id `WEBHOOK_ID`, which anybody can use, so it is for trying out only.
 *
 * PayPal tries again for three days and doesn't say whether it then signs anew, so the tolerance is four;
 * what is sent again within it is recognised by the event's id.
 */
export const paypal = defineProvider<PaypalOptions>({
  name: "paypal",
  title: "PayPal",
  docs: "https://developer.paypal.com/api/rest/webhooks/rest/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/paypal/PayPal-Python-SDK (paypalrestsdk/notifications.py); docs.paypal.ai verify-webhook-signature",
    readOn: "2026-11-20",
    read: "headers, SHA256withRSA in base64, over id, time, webhook id and CRC32 of the body",
  },
  retries: true,
  toleranceSeconds: 4 * 86_400,
  settings,
  conflicts,
  marks: () => [`${prefix}transmission-sig`],
  material,
  verify,
  sign,
  identify,
});

function conflicts({ verify: by, clientId, clientSecret }: PaypalOptions): readonly Conflict[] {
  if (by !== "postback") return [];
  const expected = "a secret of the application that owns the webhook, since verify is postback";
  return Object.entries({ clientId, clientSecret }).flatMap(([option, given]) =>
    given === undefined ? [{ option, expected, from: ["verify", option] }] : [],
  );
}

/** What the headers claim; the body isn't looked at yet. */
type Claim = {
  readonly id: string;
  readonly time: string;
  /** In base64. */
  readonly signature: string;
  readonly certificateUrl: string;
};

/** A claim of the right form, or why there is none: so that nothing is fetched for what fails anyway. */
function claimOf(input: VerifyInput<PaypalOptions>): Claim | Rejection {
  const given = (name: string): string => headerOf(input.request.headers, prefix + name) ?? "";
  const claim = {
    id: given("transmission-id"),
    time: given("transmission-time"),
    signature: given("transmission-sig"),
    certificateUrl: given("cert-url"),
  };
  if (claim.signature === "") {
    return rejected("MISSING_SIGNATURE", `no ${prefix}transmission-sig header`);
  }
  if (!signatureBytes.has(decodeBase64(claim.signature)?.length ?? 0)) {
    return rejected(
      "INVALID_FORMAT",
      `${prefix}transmission-sig is not base64 of an RSA signature`,
    );
  }
  if (given("auth-algo") !== algorithm) {
    return rejected(
      "INVALID_FORMAT",
      `${prefix}auth-algo is not ${algorithm}, the one that is taken`,
    );
  }
  if (!certificateUrl.test(claim.certificateUrl)) {
    return rejected("INVALID_FORMAT", `${prefix}cert-url is no address of PayPal's certificates`);
  }
  if (!/^[\w-]{1,64}$/.test(claim.id)) {
    return rejected("INVALID_FORMAT", `${prefix}transmission-id is missing or no id`);
  }
  return judgeTimestamp(claim.time, "rfc3339", input) ?? claim;
}

function material(input: VerifyInput<PaypalOptions>): readonly KeyAsk[] {
  const claim = claimOf(input);
  if ("code" in claim) return [];
  if (input.options.verify === "postback") return postbacks(claim, input);
  const url = claim.certificateUrl;
  return [{ kind: "certificate", name: url, url }];
}

function verify(input: VerifyInput<PaypalOptions>): Verdict {
  const claim = claimOf(input);
  if ("code" in claim) return claim;
  const ids = input.secrets.filter(isWebhookId);
  const [unusable] = input.secrets;
  if (ids.length === 0 && unusable !== undefined) {
    return rejected("VERIFICATION_FAILED", `secret "${unusable.name}" is not a webhook's id`);
  }
  if (input.options.verify === "postback") return judgedByPaypal(ids, input);
  return judgedByCertificate(claim, ids, input);
}

function isWebhookId({ value }: SecretValue): boolean {
  return /^\w{1,64}$/.test(value);
}

function judgedByCertificate(
  claim: Claim,
  ids: readonly SecretValue[],
  { request, now, material: given }: VerifyInput,
): Verdict {
  const pem = given?.found.get(claim.certificateUrl);
  if (given === undefined || pem === undefined) {
    return rejected("VERIFICATION_FAILED", "the certificate was not fetched");
  }
  const key = keyOfChain(pem, given.roots, { host, now });
  if ("fault" in key) return rejected("VERIFICATION_FAILED", key.fault);
  const signature = Buffer.from(claim.signature, "base64");
  const fit = ids.find(({ value }) => fits(key, signedText(claim, value, request.body), signature));
  if (fit !== undefined) return { kind: "verified", secret: fit.name };
  return rejected("INVALID_SIGNATURE", "PayPal did not sign this for a webhook of the source");
}

function fits(key: KeyObject, text: Buffer, signature: Buffer): boolean {
  return verifyBytes("RSA-SHA256", text, key, signature);
}

function signedText(
  { id, time }: Pick<Claim, "id" | "time">,
  webhookId: string,
  body: Buffer,
): Buffer {
  return Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`, "utf8");
}

const postbackName = (secretName: string): string => `postback ${secretName}`;

/** One question for each live id. What isn't one JSON value could add fields to the question: it is none. */
function postbacks(
  claim: Claim,
  { request, secrets, options }: VerifyInput<PaypalOptions>,
): readonly KeyAsk[] {
  const { clientId, clientSecret, environment = "live" } = options;
  if (clientId === undefined || clientSecret === undefined) return [];
  if (parseJson(request.body) === undefined) return [];
  const origin = `https://${postbackHosts[environment]}`;
  return secrets.filter(isWebhookId).map(({ name, value }) => ({
    kind: "judgement",
    name: postbackName(name),
    url: `${origin}/v1/notifications/verify-webhook-signature`,
    body: question(claim, value, request.body),
    token: { url: `${origin}/v1/oauth2/token`, clientId, clientSecret },
  }));
}

/** The event's bytes go in as they came: written anew, its numbers or order could change. */
function question(claim: Claim, webhookId: string, body: Buffer): Buffer {
  const fields = JSON.stringify({
    auth_algo: algorithm,
    cert_url: claim.certificateUrl,
    transmission_id: claim.id,
    transmission_sig: claim.signature,
    transmission_time: claim.time,
    webhook_id: webhookId,
  });
  return Buffer.concat([
    Buffer.from(`${fields.slice(0, -1)},"webhook_event":`, "utf8"),
    body,
    Buffer.from("}", "utf8"),
  ]);
}

function judgedByPaypal(
  ids: readonly SecretValue[],
  { request, material: given }: VerifyInput,
): Verdict {
  if (parseJson(request.body) === undefined) {
    return rejected("INVALID_FORMAT", "the body is not JSON, which each of PayPal's events is");
  }
  const fit = ids.find(({ name }) => {
    const answer = given?.found.get(postbackName(name)) ?? "";
    return own(parseJson(Buffer.from(answer, "utf8")), "verification_status") === "SUCCESS";
  });
  if (fit !== undefined) return { kind: "verified", secret: fit.name };
  return rejected("INVALID_SIGNATURE", "PayPal says that it did not sign this for the webhook");
}

/** Signs as PayPal does, for who has a key: the secret is the webhook's id, a line break, and the key (PEM). */
function sign({ body, secret, now, id }: SignInput<PaypalOptions>): Signed {
  const [webhookId = "", ...pem] = secret.split("\n");
  const claim = { id, time: formatRfc3339(now) };
  const key = privateKey(pem.join("\n"));
  const signature = signBytes("RSA-SHA256", signedText(claim, webhookId, body), key);
  return {
    headers: {
      "PayPal-Transmission-Id": claim.id,
      "PayPal-Transmission-Time": claim.time,
      "PayPal-Transmission-Sig": signature.toString("base64"),
      "PayPal-Auth-Algo": algorithm,
      "PayPal-Cert-Url": "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-sample",
    },
  };
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new GatewayError(
      "USAGE",
      "Only PayPal has the key that signs its events. Send one with its simulator, or try samples " +
        "on a source with unsigned: true and no secrets.",
      { cause: error },
    );
  }
}

/** The id is PayPal's for the event, the same when it is sent again; the CRC32 of the body is signed. */
function identify({ payload }: IdentifyInput): EventIdentity {
  const event = payload();
  const id = plainText(own(event, "id"));
  return identityOf({
    type: typeFrom(own(event, "event_type")),
    dedupe: bySignedId(id),
    id,
    occurredAt: parseRfc3339(plainText(own(event, "create_time")) ?? ""),
  });
}
