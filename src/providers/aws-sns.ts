import {
  createPrivateKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
  X509Certificate,
} from "node:crypto";
import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Signed, SignInput, Verdict, VerifyInput } from "../core/types.ts";
import { parseJson, textAt } from "../kit/json-path.ts";
import { sameText } from "../kit/same-text.ts";
import type { HandshakeShape } from "./schemes/handshake-shape.ts";
import { greeting } from "./schemes/handshakes.ts";
import { decodeBase64, rememberKeys } from "./schemes/hmac.ts";
import { bySignedId, identityOf, typeFrom } from "./schemes/identity.ts";
import { notEmpty } from "./schemes/seal.ts";
import { formatTimestamp, parseTimestamp } from "./schemes/timestamp.ts";
import { judgeSecrets, type Rejection, rejected } from "./schemes/verdict.ts";

const host = "https://sns\\.[a-z0-9-]{3,32}\\.amazonaws\\.com(?:\\.cn)?";
const certificateUrl = new RegExp(`^${host}/SimpleNotificationService-[A-Za-z0-9]{1,64}\\.pem$`);

const handshakes: readonly HandshakeShape[] = [
  {
    signed: true,
    when: [{ json: "Type", is: "SubscriptionConfirmation" }],
    challenge: { json: "Token" },
    visit: {
      at: { json: "SubscribeURL" },
      pinned: new RegExp(`^${host}/\\?Action=ConfirmSubscription&[\\x21-\\x7e]{1,2048}$`),
    },
    answer: {},
  },
];

/**
 * Amazon SNS over HTTPS. The source's secrets are the topics' names (ARN): a topic that isn't one of them is neither
 * taken nor confirmed. Deliveries as raw bytes have no signature and are refused.
 */
export const awsSns = defineProvider({
  name: "aws-sns",
  title: "Amazon SNS",
  docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
  evidence: { kind: "sdk", source: "sns-validator@0.3.5" },
  notCovered: "MessageAttributes, and the addresses beside what is signed",
  deadlineSeconds: 15,
  retries: true,
  assurance: "authenticated",
  scheme: {
    place: { field: "Signature" },
    algorithm: "RSA PKCS#1 SHA-256 or SHA-1, base64",
    key: "utf8",
    dated: false,
    coversBody: false,
    id: { json: "MessageId" },
    type: [{ json: "Type" }],
  },
  ...greeting(handshakes),
  marks: () => ["x-amz-sns-message-type"],
  material: ({ request }) => {
    const claim = claimOf(request.body);
    return "code" in claim ? [] : [{ kind: "certificate", name: claim.url, url: claim.url }];
  },
  verify,
  sign,
  identify: ({ payload }) => {
    const told = payload();
    const id = textAt(told, "MessageId");
    return identityOf({
      type: typeFrom(textAt(told, "Type")),
      dedupe: bySignedId(id),
      id,
      occurredAt: parseTimestamp(textAt(told, "Timestamp") ?? "", "rfc3339"),
    });
  },
});

type Claim = {
  readonly url: string;
  readonly hash: "sha1" | "sha256";
  readonly signature: Buffer;
  readonly topic: string;
  readonly signed: Buffer;
};

function claimOf(body: Buffer): Claim | Rejection {
  const told = parseJson(body);
  const text = (name: string): string => textAt(told, name) ?? "";
  if (text("Signature") === "") return rejected("MISSING_SIGNATURE", "the body has no Signature");
  const signature = decodeBase64(text("Signature"));
  if (signature === undefined || ![256, 384, 512].includes(signature.length)) {
    return rejected("INVALID_FORMAT", "Signature is not base64 of an RSA signature");
  }
  const hash = { "1": "sha1", "2": "sha256" }[text("SignatureVersion")];
  if (hash !== "sha1" && hash !== "sha256") {
    return rejected("INVALID_FORMAT", "SignatureVersion is neither 1 nor 2");
  }
  if (!types.has(text("Type")) || oneLine.some((name) => text(name).includes("\n"))) {
    return rejected("INVALID_FORMAT", "Type is none of SNS's, or a field but Message has lines");
  }
  const url = text("SigningCertURL") || text("SigningCertUrl");
  if (!certificateUrl.test(url)) {
    return rejected("INVALID_FORMAT", "SigningCertURL is no address of SNS's certificates");
  }
  return { url, hash, signature, topic: text("TopicArn"), signed: signedText(text) };
}

const types: ReadonlySet<string> = new Set([
  "Notification",
  "SubscriptionConfirmation",
  "UnsubscribeConfirmation",
]);

const ofNotification = ["MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const ofConfirmation = ["MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
/**
 * What is signed is lines, and whoever has a topic of their own has Amazon sign what they like in a Message. Were
 * other fields of several lines, a part of such a Message could be shown as fields, and so as another topic's.
 */
const oneLine = [...ofNotification, ...ofConfirmation];

/** Names and values, a line each, in the order of their names. */
function signedText(text: (name: string) => string): Buffer {
  const others = text("Type") === "Notification" ? ofNotification : ofConfirmation;
  const names = ["Message", ...others];
  const lines = names.flatMap((name) => {
    const value = text(name);
    return value === "" && name === "Subject" ? [] : [`${name}\n${value}\n`];
  });
  return Buffer.from(lines.join(""), "utf8");
}

function verify({ request, secrets, material }: VerifyInput): Verdict {
  const claim = claimOf(request.body);
  if ("code" in claim) return claim;
  const key = keyOf(material?.found.get(claim.url) ?? "");
  if (key === undefined || !verifyBytes(claim.hash, claim.signed, key, claim.signature)) {
    return rejected("INVALID_SIGNATURE", "SNS's certificate did not sign this");
  }
  const verdict = judgeSecrets(secrets, notEmpty, (topic) => sameText(topic, claim.topic));
  return verdict.kind === "verified" ? { kind: "authenticated", secret: verdict.secret } : verdict;
}

/** Its address is pinned, so it is Amazon's whoever signed it. */
const keyOf = rememberKeys(certificateKey);

function certificateKey(pem: string): KeyObject | undefined {
  try {
    const key = new X509Certificate(pem).publicKey;
    return key.asymmetricKeyType === "rsa" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The secret is the topic, and in its next lines the private key (PEM) that stands in for Amazon's. */
function sign({ secret, body, id, now }: SignInput): Signed {
  const [topic = "", ...pem] = secret.split("\n");
  if (pem.length === 0)
    throw new GatewayError("USAGE", "Only Amazon can sign: nothing can be sent as SNS.");
  const given = parseJson(body);
  const told: Record<string, unknown> = {
    Type: "Notification",
    MessageId: id,
    TopicArn: topic,
    Message: body.toString("utf8"),
    Timestamp: formatTimestamp(now, "rfc3339"),
    SignatureVersion: "2",
    SigningCertURL: "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-sample.pem",
    // A body that has a Type is one of SNS's own.
    ...(textAt(given, "Type") === undefined ? {} : (given as object)),
  };
  const signed = signedText((name) => textAt(told, name) ?? "");
  const signature = signBytes("sha256", signed, createPrivateKey(pem.join("\n")));
  return {
    headers: {
      "content-type": "text/plain; charset=UTF-8",
      "x-amz-sns-message-type": String(told["Type"]),
    },
    body: Buffer.from(JSON.stringify({ ...told, Signature: signature.toString("base64") }), "utf8"),
  };
}
